import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { givenOrder } from "../../test/support/given-orders.ts";
import type { Db, Tx } from "../platform/db.ts";
import { isUnavailable } from "../platform/errors.ts";
import {
  findOrderLetters,
  findOrdersWithItems,
  getOrderId,
  listOrders,
  openOrderReader,
  parseOrderId,
} from "./find-orders.ts";
import { orderNumber } from "./number.ts";

const notFound = { code: "order.not_found" };
const missing = 999_999_999n;

async function givenIds(tx: Tx, count: number): Promise<bigint[]> {
  const ids: bigint[] = [];
  for (let placed = 0; placed < count; placed += 1) ids.push((await givenOrder(tx)).orderId);
  return ids;
}

describe("findOrdersWithItems", () => {
  test(
    "answers in the order of the ids, each with its own items by line, and leaves out what is not there",
    inTx(async (tx) => {
      const one = await givenOrder(tx, { lines: [{ quantity: 1n, unitPriceMinor: 7n }] });
      const other = await givenOrder(tx, {
        lines: [
          { quantity: 2n, unitPriceMinor: 100n },
          { quantity: 3n, unitPriceMinor: 0n },
        ],
      });
      const found = await findOrdersWithItems(tx, [other.orderId, missing, one.orderId]);
      assert.deepEqual(found, [other, one]);
    }),
  );

  test(
    "answers nothing when nothing is asked",
    inTx(async (tx) => assert.deepEqual(await findOrdersWithItems(tx, []), [])),
  );

  test(
    "takes two statements, however many orders",
    inTx(async (tx) => {
      const ids = await givenIds(tx, 3);
      const names = await statementsOf(tx, (watched) => findOrdersWithItems(watched, ids));
      assert.deepEqual(names, ["orders.find_orders", "orders.find_items"]);
    }),
  );
});

describe("openOrderReader", () => {
  /** A database that tells which ids each of its reads asked for. */
  function counted(db: Db): { db: Db; reads: bigint[][] } {
    const reads: bigint[][] = [];
    const run: Db["run"] = (text, params) => {
      if (text.name === "orders.find_orders") reads.push(params.orderIds as bigint[]);
      return db.run(text, params);
    };
    return { db: { ...db, run }, reads };
  }

  test("answers each caller his own order, with few reads for many that come together", async () => {
    const database = await testDatabase();
    const { db, reads } = counted(database.db);
    const ids = await db.transaction((tx) => givenIds(tx, 20));
    const findOrder = openOrderReader(db);
    const asked = [...ids, missing, ...ids];
    const found = await Promise.all(asked.map((orderId) => findOrder(orderId)));
    assert.deepEqual(
      found.map((order) => order?.orderId),
      [...ids, undefined, ...ids],
    );
    assert.ok(found.every((order) => order === undefined || order.items.length === 2));
    assert.ok(reads.length <= 3, `${reads.length} reads`);
    for (const read of reads) assert.equal(new Set(read).size, read.length, "nobody is read twice");
  });

  test("reads anew each time: what changed in between is seen", async () => {
    const { db } = await testDatabase();
    const findOrder = openOrderReader(db);
    const { orderId } = await db.transaction((tx) => givenOrder(tx));
    assert.equal((await findOrder(orderId))?.customerName, "Ann");
    await ask(db, "update orders.orders set customer_name = 'Bea' where order_id = $1", [orderId]);
    assert.equal((await findOrder(orderId))?.customerName, "Bea");
  });

  test("tells every caller when the database is away", async () => {
    const { db, close } = await testDatabase();
    const findOrder = openOrderReader(db);
    await close();
    const outcomes = await Promise.allSettled([1n, 2n, 3n].map((orderId) => findOrder(orderId)));
    for (const outcome of outcomes) assert.ok(outcome.status === "rejected" && isUnavailable(outcome.reason));
  });
});

describe("parseOrderId", () => {
  for (const [text, orderId] of [
    ["1", 1n],
    ["9007199254740993", 9007199254740993n],
    ["9223372036854775807", 9223372036854775807n],
    ["9223372036854775808", undefined],
    ["99999999999999999999", undefined],
    ["0", undefined],
    ["01", undefined],
    ["-1", undefined],
    ["1.0", undefined],
    ["1e3", undefined],
    ["0x1", undefined],
    [" 1", undefined],
    ["1\n", undefined],
    ["１", undefined],
    ["", undefined],
    ["ORD-00000001", undefined],
  ] as const) {
    test(`reads ${JSON.stringify(text)} as ${orderId}`, () => assert.equal(parseOrderId(text), orderId));
  }
});

describe("getOrderId", () => {
  test(
    "finds an order by its UUID in any case, its number or its id",
    inTx(async (tx) => {
      const { orderId, uid } = await givenOrder(tx);
      for (const name of [uid, uid.toUpperCase(), orderNumber(orderId), orderId.toString()]) {
        assert.equal(await getOrderId(tx, name), orderId, name);
      }
    }),
  );

  test(
    "looks up a UUID alone",
    inTx(async (tx) => {
      const { orderId, uid } = await givenOrder(tx);
      const names = (name: string) => statementsOf(tx, (watched) => getOrderId(watched, name));
      assert.deepEqual(await names(uid), ["orders.find_order_id_by_uid"]);
      assert.deepEqual(await names(orderNumber(orderId)), []);
      assert.deepEqual(await names(orderId.toString()), []);
    }),
  );

  for (const name of [
    "00000000-0000-7000-8000-000000000000",
    "00000000000070008000000000000000",
    "ORD-1",
    "ord-00000001",
    "0",
    "",
    "' or true --",
  ]) {
    test(
      `refuses "${name}", which no order has for a name`,
      inTx(async (tx) => assert.rejects(getOrderId(tx, name), notFound)),
    );
  }
});

describe("listOrders", () => {
  test(
    "pages through all orders, newest first, with their exact number",
    inTx(async (tx) => {
      const ids = (await givenIds(tx, 5)).reverse();
      const pageOf = async (skip: number, limit: number) => {
        const { orders, total, estimated } = await listOrders(tx, { skip, limit });
        assert.deepEqual({ total, estimated }, { total: 5n, estimated: false });
        assert.ok(orders.every((order) => order.items.length === 2));
        return orders.map((order) => order.orderId);
      };
      assert.deepEqual(await pageOf(0, 2), ids.slice(0, 2));
      assert.deepEqual(await pageOf(2, 2), ids.slice(2, 4));
      assert.deepEqual(await pageOf(4, 2), ids.slice(4));
      assert.deepEqual(await pageOf(5, 2), []);
      assert.deepEqual(await pageOf(1_000_000_000, 100), []);
    }),
  );

  test(
    "has nothing to show before the first order",
    inTx(async (tx) => {
      assert.deepEqual(await listOrders(tx, { skip: 0, limit: 20 }), { orders: [], total: 0n, estimated: false });
    }),
  );

  /** Copies one order until there are so many. */
  async function givenMany(tx: Tx, orders: number): Promise<void> {
    const { orderId } = await givenOrder(tx);
    await ask(
      tx,
      `insert into orders.orders
         (order_id, uid, customer_id, customer_email, customer_name, locale, currency, status, items_minor,
          discount_minor, tax_minor, shipping_minor, total_minor, attempts, last_sequence, created_at, updated_at)
       select order_id + n, gen_random_uuid(), customer_id, customer_email, customer_name, locale, currency, status,
              items_minor, discount_minor, tax_minor, shipping_minor, total_minor, attempts, last_sequence, created_at,
              updated_at
         from orders.orders, generate_series(1, $2::int - 1) as n
        where order_id = $1`,
      [orderId, orders],
    );
  }

  test(
    "counts 10,000 orders exactly",
    inTx(async (tx) => {
      await givenMany(tx, 10_000);
      const { total, estimated } = await listOrders(tx, { skip: 0, limit: 1 });
      assert.deepEqual({ total, estimated }, { total: 10_000n, estimated: false });
    }),
  );

  test(
    "says that it estimates beyond, and never less than it has counted",
    inTx(async (tx) => {
      await givenMany(tx, 10_500);
      const fresh = await listOrders(tx, { skip: 0, limit: 1 });
      assert.equal(fresh.estimated, true);
      assert.ok(fresh.total >= 10_001n, `${fresh.total}`);
      await ask(tx, "analyze orders.orders");
      const { total, estimated } = await listOrders(tx, { skip: 0, limit: 1 });
      assert.deepEqual({ total, estimated }, { total: 10_500n, estimated: true });
    }),
  );
});

describe("findOrderLetters", () => {
  test(
    "tells an order with the number that its customer sees",
    inTx(async (tx) => {
      const order = await givenOrder(tx, { status: "paid" });
      const [letter, ...others] = await findOrderLetters(tx, [missing, order.orderId]);
      assert.deepEqual(others, []);
      assert.equal(letter?.number, orderNumber(order.orderId));
      assert.equal(letter?.status, "paid");
      assert.equal(letter?.items.length, 2);
    }),
  );
});
