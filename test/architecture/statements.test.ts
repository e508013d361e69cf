import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { listStatements } from "../../src/platform/statements.ts";
import { createdSchemas, endlessLists, type OwnedStatement, strayStatements } from "./check-statements.ts";
import { readRepository, root, sourcesOf } from "./read-repository.ts";

const files = await readRepository();

/** Where the functions are that declare statements. */
const declarers = ["src/platform/db.ts", "src/platform/copy-rows.ts", "src/platform/insert-rows.ts"];

let found: Promise<OwnedStatement[]> | undefined;

/** Modules are loaded once, so their statements are told apart once. */
function ownedStatements(): Promise<OwnedStatement[]> {
  found ??= loadStatements();
  return found;
}

async function loadStatements(): Promise<OwnedStatement[]> {
  const owned: OwnedStatement[] = [];
  const seen = new Set(listStatements());
  for (const { path } of sourcesOf(files).filter((file) => file.path.endsWith("-queries.ts"))) {
    await import(join(root, path));
    const added = listStatements().filter((statement) => !seen.has(statement));
    for (const statement of added) seen.add(statement);
    owned.push(...added.map(({ name, source }) => ({ module: path.split("/")[1] ?? "", name, source })));
  }
  return owned;
}

describe("statements", () => {
  const migrations = files.filter(({ path }) => path.startsWith("db/migrations/")).map(({ text }) => text);
  const schemas = createdSchemas(migrations);

  test("are declared, and each touches only the schema of its module", async () => {
    const owned = await ownedStatements();
    assert.ok(owned.length > 0 && schemas.includes("orders"));
    assert.deepEqual(strayStatements(owned, schemas), []);
  });

  test("are declared in *-queries.ts alone", () => {
    const elsewhere = sourcesOf(files)
      .filter(({ path }) => !path.endsWith("-queries.ts") && !declarers.includes(path))
      .filter(({ text }) => /\b(?:one|maybeOne|many|change|copyRows|insertRows)</.test(text));
    assert.deepEqual(
      elsewhere.map(({ path }) => path),
      [],
    );
  });

  test("one in another's schema, without a schema, or under another's name is caught", () => {
    const found = (source: string, name = "orders.find_order") =>
      strayStatements([{ module: "orders", name, source }], ["orders", "payments"]);
    assert.deepEqual(found("with due as (select 1) select * from orders.orders join due on true -- payments.x"), []);
    assert.deepEqual(
      found("insert into orders.orders select * from unnest(:ids::bigint[]) on conflict do update set x = 1"),
      [],
    );
    assert.deepEqual(found("select payments.total from orders.orders as payments"), []);
    assert.deepEqual(found("select extract(epoch from expires_at) from orders.orders"), []);
    assert.deepEqual(found("copy orders.orders (order_id) from stdin"), []);
    assert.equal(found("copy payments.refunds (refund_id) from stdin").length, 1);
    assert.equal(found("copy orders (order_id) from stdin").length, 1);
    assert.equal(found("select * from payments.refunds payments").length, 1);
    assert.equal(found("select * from payments.refunds").length, 1);
    assert.equal(found("select * from orders").length, 1);
    assert.equal(found("insert into orders (order_id) values (1)").length, 1);
    assert.equal(found("select 1", "payments.find_order").length, 1);
  });

  test("list so much and no more", async () => assert.deepEqual(endlessLists(await ownedStatements()), []));

  test("a list without an end is caught", () => {
    const list = (source: string) => endlessLists([{ module: "orders", name: "orders.list_orders", source }]);
    assert.deepEqual(list("select * from orders.orders -- limit"), ["orders.list_orders lists without a limit."]);
    assert.deepEqual(list("select * from orders.orders limit :limit"), []);
    assert.deepEqual(list("select * from orders.orders where order_id = any(:orderIds)"), []);
  });
});
