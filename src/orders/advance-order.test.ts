import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import { advanceOrder } from "./advance-order.ts";
import { canMove, movesFrom, type OrderStatus, orderStatuses } from "./order.ts";

describe("advanceOrder", () => {
  test(
    "ships with the merchant's part, queues one mail, and delivers",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const part = () => ask(tx, `select fulfilment from fulfillment.provider_orders where order_id = ${orderId}`);
      const types = async () =>
        (await ask(
          tx,
          `select type, to_status from events.events where stream_id = ${orderId} and sequence > 4 order by sequence`,
        )) as unknown[];

      assert.equal((await advanceOrder(tx, { orderId, to: "shipped", by }, policy, noon)).status, "shipped");
      assert.deepEqual(await part(), [{ fulfilment: "ready" }]);
      assert.equal((await advanceOrder(tx, { orderId, to: "shipped", by }, policy, noon)).lastSequence, 5);

      assert.equal((await advanceOrder(tx, { orderId, to: "delivered", by }, policy, noon)).status, "delivered");
      assert.deepEqual(await part(), [{ fulfilment: "fulfilled" }]);
      assert.deepEqual(await types(), [
        { type: "FulfilmentReady", toStatus: "shipped" },
        { type: "FulfilmentFulfilled", toStatus: null },
        { type: "OrderCompleted", toStatus: "delivered" },
      ]);
      const mails = await ask(
        tx,
        `select count(*)::int as mails from graphile_worker._private_jobs where payload->>'orderId' = '${orderId}' and payload->>'kind' = 'order_shipped'`,
      );
      assert.deepEqual(mails, [{ mails: 1 }]);
    }),
  );

  for (const from of ["pending", "payment_processing", "cancelled"] as OrderStatus[]) {
    test(
      `refuses to ship an order that is ${from}`,
      inTx(async (tx) => {
        const { orderId } = await givenOrder(tx, { status: from });
        await assert.rejects(advanceOrder(tx, { orderId, to: "shipped", by }, policy, noon), {
          code: "order.cannot_move",
        });
      }),
    );
  }

  test(
    "refuses to deliver what has not shipped, and an order that does not exist",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await assert.rejects(advanceOrder(tx, { orderId, to: "delivered", by }, policy, noon), {
        code: "order.cannot_move",
      });
      await assert.rejects(advanceOrder(tx, { orderId: 1_234_567n, to: "shipped", by }, policy, noon), {
        code: "order.not_found",
      });
    }),
  );
});

describe("an order's moves", () => {
  const legal = [
    "pending>payment_processing",
    "pending>cancelled",
    "payment_processing>pending",
    "payment_processing>paid",
    "paid>shipped",
    "paid>cancelled",
    "shipped>delivered",
  ];
  test("are those of the state machine, over all pairs", () => {
    const found = orderStatuses.flatMap((from) =>
      orderStatuses.filter((to) => canMove({ status: from, totalMinor: 1n }, to)).map((to) => `${from}>${to}`),
    );
    assert.deepEqual(found, legal);
  });
  test("let a free order be paid without a payment", () => {
    assert.deepEqual(movesFrom({ status: "pending", totalMinor: 0n }), ["payment_processing", "cancelled", "paid"]);
  });
  test(
    "are the same in the database",
    inTx(async (tx) => {
      const rows = (await ask(
        tx,
        "select from_status, to_status from orders.legal_moves where from_status <> 'new' and not only_when_free",
      )) as { fromStatus: string; toStatus: string }[];
      assert.deepEqual(rows.map((row) => `${row.fromStatus}>${row.toStatus}`).sort(), [...legal].sort());
    }),
  );
});
