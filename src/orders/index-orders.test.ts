import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { givenIndexed, givenListed } from "../../test/support/given-listed.ts";
import type { Db } from "../platform/db.ts";
import { indexOrders } from "./index-orders.ts";

async function indexed(db: Db): Promise<bigint[]> {
  const rows = await ask<{ orderId: bigint }>(db, "select order_id from orders.order_search order by order_id");
  return rows.map(({ orderId }) => orderId);
}

async function mark(db: Db): Promise<bigint | undefined> {
  return (await ask<{ position: bigint }>(db, "select position from orders.search_mark"))[0]?.position;
}

const wishes = Array.from({ length: 30 }, () => ({}));

describe("indexOrders", () => {
  test("takes in every order of the feed once, and those that come later", async () => {
    const { db } = await testDatabase();
    const first = await givenListed(db, wishes);
    assert.equal(await indexOrders(db), 0);
    await givenIndexed(db);
    const later = await givenListed(db, [{}, {}]);
    await givenIndexed(db);
    assert.deepEqual(
      await indexed(db),
      [...first, ...later].map(({ orderId }) => orderId),
    );
    assert.equal(await indexOrders(db), 0);
  });

  test("takes in orders that were there before anything was indexed", async () => {
    const { db } = await testDatabase();
    const orders = await givenListed(db, wishes);
    await givenIndexed(db);
    await ask(db, "delete from orders.order_search");
    await ask(db, "update orders.search_mark set position = 0");
    assert.ok((await indexOrders(db)) > 0);
    assert.deepEqual(
      await indexed(db),
      orders.map(({ orderId }) => orderId),
    );
  });

  test("does a piece once when two processes do it at once", async () => {
    const { db } = await testDatabase();
    const orders = await givenListed(db, wishes);
    await givenIndexed(db);
    const end = await mark(db);
    await ask(db, "delete from orders.order_search");
    await ask(db, "update orders.search_mark set position = 0");
    await Promise.all([indexOrders(db), indexOrders(db), indexOrders(db)]);
    assert.equal((await indexed(db)).length, orders.length);
    assert.equal(await mark(db), end);
  });

  test("moves the mark not at all when the words cannot be written", async () => {
    const { db } = await testDatabase();
    await givenListed(db, wishes);
    await givenIndexed(db);
    await ask(db, "delete from orders.order_search");
    await ask(db, "update orders.search_mark set position = 0");
    await ask(db, "alter table orders.order_search add constraint full_up check (order_id < 10)");
    await assert.rejects(indexOrders(db), /full_up/);
    assert.deepEqual([await indexed(db), await mark(db)], [[], 0n]);
    await ask(db, "alter table orders.order_search drop constraint full_up");
    assert.ok((await indexOrders(db)) > 0);
    assert.equal((await indexed(db)).length, wishes.length);
  });
});
