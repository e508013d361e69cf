import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import type { Db } from "../../src/platform/db.ts";
import { listStatements, type Text } from "../../src/platform/statements.ts";
import { ask, genericPlan } from "../support/ask.ts";
import { testDatabase } from "../support/database.ts";
import { givenIndexed, givenListed } from "../support/given-listed.ts";
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

/** What a list may not do on its way: read all there is, or sort it, where an index has it in order. */
const detours: readonly (readonly [list: RegExp, detour: RegExp])[] = [
  [/^orders\.(list|find)_.*_(desc|asc)$/, /Seq Scan/],
  [/^orders\.list_all_by_date|^orders\.list_of_currency_by_amount|^orders\.find_.*_behind_/, /Sort|Bitmap/],
  [/^orders\.list_of_(statuses|import)_by_date/, /Bitmap|Limit[^\n]*\n\s*->\s+Sort.*Limit[^\n]*\n\s*->\s+Sort/s],
];

/** The index that a list walks; those that find few may sort them. */
const walked: readonly (readonly [list: RegExp, index: string])[] = [
  [/^orders\.list_all_/, "orders_by_date"],
  [/^orders\.list_of_statuses_/, "orders_by_status"],
  [/^orders\.list_of_import_/, "orders_of_import"],
  [/^orders\.list_of_batch_/, "orders_of_batch"],
  [/^orders\.list_of_reference_/, "orders_reference_once"],
  [/^orders\.list_of_words_/, "order_search_words"],
  [/^orders\.list_of_(currency|amounts)_/, "order_search_by_amount"],
  [/^orders\.find_date_behind_/, "orders_by_date"],
  [/^orders\.find_amount_behind_/, "order_search_by_amount"],
];

const sortedLists = 28;

async function detoursOf(db: Db): Promise<string[]> {
  const lists = listStatements().filter(({ name }) => /^orders\.(list|find)_.*_(desc|asc)$/.test(name));
  assert.equal(lists.length, sortedLists);
  const found: string[] = [];
  for (const { name, sent } of lists) {
    const plan = await genericPlan(db, sent);
    const index = walked.find(([list]) => list.test(name))?.[1];
    if (index === undefined || !new RegExp(`${index}\\b`).test(plan)) found.push(`${name} walks no ${index}:\n${plan}`);
    for (const [list, detour] of detours) if (list.test(name) && detour.test(plan)) found.push(`${name}:\n${plan}`);
  }
  return found;
}

describe("the plans of the lists of orders", () => {
  let db: Db;

  before(async () => {
    db = (await testDatabase()).db;
    await import(join(root, "src/orders/order-list-queries.ts"));
  });

  test("walk their indexes on empty tables without statistics", async () => {
    assert.deepEqual(await detoursOf(db), []);
  });

  test("walk their indexes on tables that grew, with and without statistics", async () => {
    await givenListed(
      db,
      Array.from({ length: 1_000 }, (_, index) => ({ status: index % 3 ? "paid" : "shipped" })),
    );
    await givenIndexed(db);
    assert.deepEqual(await detoursOf(db), []);
    await ask(db, "analyze orders.orders, orders.order_search");
    assert.deepEqual(await detoursOf(db), []);
  });

  test("that lose their index are caught", async () => {
    const undo = new Error("undo");
    const work = db.transaction(async (tx) => {
      await ask(tx, "drop index orders.orders_by_date");
      const list = listStatements().find(({ name }) => name === "orders.list_all_by_date_desc");
      assert.doesNotMatch(await genericPlan(tx, list?.sent ?? ""), /orders_by_date/);
      throw undo;
    });
    await assert.rejects(work, undo);
  });
});
