import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { listStatements, type Text } from "../../src/platform/statements.ts";
import { testDatabase } from "../support/database.ts";
import { readRepository, root, sourcesOf } from "./read-repository.ts";

/** COPY is not planned: what stands for it inserts into the same columns. */
function plannable(sql: string): string {
  return sql.replace(/^copy (\S+) \((.+)\) from stdin$/, "insert into $1 ($2) select $2 from $1");
}

/** Plans a statement as it is planned once it was prepared and run a few times; answers why it cannot be. */
async function planFault(
  client: pg.Client,
  statement: Pick<Text, "name" | "sent" | "parameters">,
): Promise<string | undefined> {
  const values = statement.parameters.length > 0 ? `(${statement.parameters.map(() => "null").join(", ")})` : "";
  try {
    await client.query(`prepare guarded as ${plannable(statement.sent)}`);
    await client.query(`explain execute guarded${values}`);
    return undefined;
  } catch (error) {
    return `${statement.name}: ${error instanceof Error ? error.message : error}`;
  } finally {
    await client.query("deallocate all");
  }
}

describe("every statement", () => {
  let client: pg.Client;

  before(async () => {
    const { url } = await testDatabase();
    client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("set plan_cache_mode = force_generic_plan");
  });

  after(() => client.end());

  test("can be planned against the migrated schema", async () => {
    const queries = sourcesOf(await readRepository()).filter(({ path }) => path.endsWith("-queries.ts"));
    for (const { path } of queries) await import(join(root, path));
    const faults: string[] = [];
    for (const statement of listStatements()) faults.push((await planFault(client, statement)) ?? "");
    assert.ok(faults.length > 0);
    assert.deepEqual(
      faults.filter((fault) => fault !== ""),
      [],
    );
  });

  test("that names a column which is not there is caught", async () => {
    const fault = await planFault(client, {
      name: "orders.lost",
      sent: "select lost from orders.orders where order_id = $1",
      parameters: ["orderId"],
    });
    assert.match(fault ?? "", /orders\.lost: column "lost" does not exist/);
  });

  test("that copies into a column which is not there is caught", async () => {
    const copy = (columns: string) => ({
      name: "orders.copied",
      sent: `copy orders.orders (${columns}) from stdin`,
      parameters: [],
    });
    assert.equal(await planFault(client, copy("order_id, uid")), undefined);
    assert.match((await planFault(client, copy("order_id, lost"))) ?? "", /orders\.copied: column "lost"/);
  });
});
