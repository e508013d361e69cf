import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf } from "../../test/support/database.ts";
import { givenOrder, newOrder, noon, orderPlaced, policy } from "../../test/support/given-orders.ts";
import { findAttempts } from "../payments/index.ts";
import { findOrdersWithItems } from "./find-orders.ts";
import { placeOrders } from "./place-orders.ts";

describe("placeOrders", () => {
  test(
    "writes the order with its items, its intent to charge and two events",
    inTx(async (tx) => {
      const given = newOrder(9_001n);
      const [placement] = await placeOrders(tx, [given], policy, noon);
      const placed = orderPlaced(placement);
      const [found] = await findOrdersWithItems(tx, [9_001n]);
      assert.deepEqual(found, placed);
      assert.equal(placed.status, "payment_processing");
      assert.equal(placed.totalMinor, 300n);
      assert.equal(placed.items.length, 2);
      const [attempt] = await findAttempts(tx, { orderIds: [9_001n] });
      assert.equal(attempt?.state, "processing");
      assert.equal(attempt?.amountMinor, 300n);
      assert.deepEqual(attempt?.checkAt, new Date(noon.getTime() + policy.firstCheckMs));
      const events = await ask(
        tx,
        "select type, from_status, to_status from events.events where stream_id = 9001 order by sequence",
      );
      assert.deepEqual(events, [
        { type: "OrderCreated", fromStatus: "new", toStatus: "pending" },
        { type: "PaymentInitiated", fromStatus: "pending", toStatus: "payment_processing" },
      ]);
    }),
  );

  test(
    "pays an order that costs nothing at once, with no attempt and no money entry",
    inTx(async (tx) => {
      const order = await givenOrder(tx, { lines: [{ quantity: 3n, unitPriceMinor: 0n }] });
      assert.equal(order.status, "paid");
      assert.deepEqual(await findAttempts(tx, { orderIds: [order.orderId] }), []);
      const parts = await ask(
        tx,
        `select provider_id, processing from fulfillment.provider_orders where order_id = ${order.orderId}`,
      );
      assert.deepEqual(parts, [{ providerId: "own", processing: "confirmed" }]);
    }),
  );

  test(
    "takes four statements for one order, and one more for a thousand",
    inTx(async (tx) => {
      const many = Array.from({ length: 1000 }, (_, index) => newOrder(20_000n + BigInt(index)));
      const expected = [
        "orders.insert_orders",
        "orders.insert_items",
        "payments.insert_attempts",
        "events.insert_events",
      ];
      assert.deepEqual(
        await statementsOf(tx, (watched) => placeOrders(watched, [newOrder(19_999n)], policy, noon)),
        expected,
      );
      assert.deepEqual(await statementsOf(tx, (watched) => placeOrders(watched, many, policy, noon)), [
        ...expected.map((name) => `${name}_by_copy`),
        "events.insert_appended",
      ]);
      const [counted] = await ask(
        tx,
        "select count(*)::int as orders from orders.orders where order_id between 20000 and 20999",
      );
      assert.deepEqual(counted, { orders: 1000 });
    }),
  );

  test(
    "keeps names and texts whole: Japanese, emoji, right-to-left, quotes and backslashes",
    inTx(async (tx) => {
      const names = ["田中太郎", "👩‍👩‍👧‍👦 family", "שלום عربى", 'a "quoted" \\ name', "{curly,comma}", "NULL"];
      const orders = names.map((customerName, index) => ({ ...newOrder(30_000n + BigInt(index)), customerName }));
      await placeOrders(tx, orders, policy, noon);
      const found = await findOrdersWithItems(
        tx,
        orders.map((order) => order.orderId),
      );
      assert.deepEqual(
        found.map((order) => order.customerName),
        names,
      );
    }),
  );
});
