import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, testDatabase } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import { advanceOrder } from "./advance-order.ts";
import { cancelOrder } from "./cancel-order.ts";
import type { OrderStatus } from "./order.ts";

const cancel = (orderId: bigint) => ({ orderId, reason: "CUSTOMER_REQUESTED", by }) as const;

describe("cancelOrder", () => {
  test(
    "promises a paid order's money back, queues the refund and the mail, and cancels its part",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const order = await cancelOrder(tx, cancel(orderId), policy, noon);
      assert.equal(order.status, "cancelled");
      assert.deepEqual([order.capturedMinor, order.refundingMinor, order.refundedMinor], [300n, 300n, 0n]);
      const refunds = await ask(
        tx,
        `select state, amount_minor, reason from payments.refunds where order_id = ${orderId}`,
      );
      assert.deepEqual(refunds, [{ state: "requested", amountMinor: 300n, reason: "order_cancelled" }]);
      const parts = await ask(tx, `select processing from fulfillment.provider_orders where order_id = ${orderId}`);
      assert.deepEqual(parts, [{ processing: "cancelled" }]);
      const jobs = await ask(
        tx,
        `select payload->>'kind' as kind from graphile_worker._private_jobs where payload->>'orderId' = '${orderId}' order by id`,
      );
      assert.deepEqual(jobs, [{ kind: "order_confirmation" }, { kind: "order_cancelled" }, { kind: null }]);
    }),
  );

  test(
    "changes nothing the second time",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const first = await cancelOrder(tx, cancel(orderId), policy, noon);
      const second = await cancelOrder(tx, cancel(orderId), policy, new Date(noon.getTime() + 1000));
      assert.deepEqual(second, first);
    }),
  );

  test(
    "gives nothing back for an order that was never paid",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "pending" });
      const order = await cancelOrder(tx, cancel(orderId), policy, noon);
      assert.equal(order.refunds, 0);
    }),
  );

  for (const status of ["shipped", "delivered"] as OrderStatus[]) {
    test(
      `refuses an order that is ${status}, naming what it can become`,
      inTx(async (tx) => {
        const { orderId } = await givenOrder(tx, { status });
        await assert.rejects(cancelOrder(tx, cancel(orderId), policy, noon), { code: "order.cannot_move" });
      }),
    );
  }

  test(
    "refuses while a payment is under way and says when to ask again",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx);
      await assert.rejects(cancelOrder(tx, cancel(orderId), policy, noon), {
        code: "order.payment_under_way",
        extras: { retryAfterSeconds: 30 },
      });
    }),
  );

  test(
    "refuses an order that does not exist",
    inTx(async (tx) => {
      await assert.rejects(cancelOrder(tx, cancel(987_654n), policy, noon), { code: "order.not_found" });
    }),
  );

  test("and shipping at once: one of them wins, the other is refused", async () => {
    const { db } = await testDatabase();
    for (let round = 0; round < 10; round += 1) {
      const { orderId } = await db.transaction((tx) => givenOrder(tx, { status: "paid" }));
      const outcomes = await Promise.allSettled([
        db.transaction((tx) => cancelOrder(tx, cancel(orderId), policy, noon)),
        db.transaction((tx) => advanceOrder(tx, { orderId, to: "shipped", by }, policy, noon)),
      ]);
      assert.equal(outcomes.filter((outcome) => outcome.status === "fulfilled").length, 1);
      const [refused] = outcomes.filter((outcome) => outcome.status === "rejected");
      assert.equal(refused?.reason.code, "order.cannot_move");
    }
  });
});
