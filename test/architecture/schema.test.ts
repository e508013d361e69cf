import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { asSuperuser } from "../support/cluster.ts";
import { testDatabase } from "../support/database.ts";
import { describeSchema } from "../support/describe-schema.ts";

const committed = new URL("../../db/schema.sql", import.meta.url);

test("db/schema.sql is what the migrations make; npm run db:dump writes it", async () => {
  const { url } = await testDatabase();
  assert.equal(await asSuperuser(url, describeSchema), await readFile(committed, "utf8"));
});

for (const [what, change] of [
  ["a column", "alter table orders.orders add column extra int"],
  ["a default", "alter table orders.orders alter column attempts set default 1"],
  ["a constraint", "alter table orders.orders drop constraint orders_total_adds_up"],
  ["an index", "drop index orders.orders_expiring"],
  ["a trigger", "drop trigger events_append_only on events.events"],
  ["a storage option", "alter table orders.orders set (fillfactor = 70)"],
  ["a function", "create function orders.extra() returns int language sql return 1"],
  ["a sequence", "alter sequence orders.order_ids increment 2"],
  ["a schema", "create schema extra"],
] as const) {
  test(`the description of the schema changes with ${what}`, async () => {
    const database = await testDatabase();
    const before = await asSuperuser(database.url, describeSchema);
    await asSuperuser(database.url, (client) => client.query(change));
    assert.notEqual(await asSuperuser(database.url, describeSchema), before);
    await database.close();
  });
}
