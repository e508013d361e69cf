import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, testDatabase } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import { cancelOrder } from "./cancel-order.ts";
import { expireOrder } from "./expire-order.ts";
import { findOrders } from "./order-queries.ts";
import type { PaymentResult } from "./payment-result.ts";
import { settlePayments } from "./settle-payments.ts";
import { startPayment } from "./start-payment.ts";

describe("expireOrder", () => {
  const later = new Date(noon.getTime() + policy.expiryMs);

  test(
    "cancels an unpaid order when its time is over, and not before",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "pending" });
      const statusAt = async (now: Date) => {
        await expireOrder(tx, { orderId }, policy, now);
        return (await ask(tx, `select status from orders.orders where order_id = ${orderId}`))[0];
      };
      assert.deepEqual(await statusAt(new Date(later.getTime() - 1)), { status: "pending" });
      assert.deepEqual(await statusAt(later), { status: "cancelled" });
      assert.deepEqual(await statusAt(later), { status: "cancelled" });
    }),
  );

  test(
    "leaves an order alone that was paid meanwhile",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await expireOrder(tx, { orderId }, policy, later);
      assert.deepEqual(await ask(tx, `select status from orders.orders where order_id = ${orderId}`), [
        { status: "paid" },
      ]);
    }),
  );

  // P20 and P30: the payment wins or the end of its time does; never a cancelled order with money kept.
  for (const [what, end] of [
    ["the time that is over", "expire"],
    ["a person who cancels", "cancel"],
  ] as const) {
    test(`and ${what}, with a payment that arrives at the same moment: paid, or cancelled and given back`, async () => {
      const { db, close } = await testDatabase();
      for (let round = 0; round < 20; round += 1) {
        const { orderId } = await db.transaction((tx) => givenOrder(tx, { status: "pending" }));
        const answer = { outcome: "paid", reference: `late-${orderId}`, amountMinor: 300n, currency: "USD" } as const;
        const paid: PaymentResult = { orderId, attempt: 1, answer, by };
        const cancel = { orderId, reason: "CUSTOMER_REQUESTED", by } as const;
        const works = [
          () => db.transaction((tx) => settlePayments(tx, [paid], policy, later)),
          () =>
            db.transaction((tx) =>
              end === "expire"
                ? expireOrder(tx, { orderId }, policy, later)
                : cancelOrder(tx, cancel, policy, later).then(() => {}),
            ),
        ];
        await Promise.all((round % 2 === 0 ? works : works.toReversed()).map((work) => work()));
        const [order] = await findOrders(db, { orderIds: [orderId] });
        assert.ok(order);
        const { status, capturedMinor, refundingMinor } = order;
        assert.equal(capturedMinor, 300n);
        assert.equal(refundingMinor, status === "cancelled" ? 300n : 0n, status);
        assert.ok(status === "paid" || status === "cancelled", status);
      }
      await close();
    });
  }

  test("and another try to pay at the same moment: one of them wins", async () => {
    const { db, close } = await testDatabase();
    for (let round = 0; round < 10; round += 1) {
      const { orderId } = await db.transaction((tx) => givenOrder(tx, { status: "pending" }));
      const works = [
        () => db.transaction((tx) => startPayment(tx, { orderId, gateway: "sandbox", by }, policy, later)),
        () => db.transaction((tx) => expireOrder(tx, { orderId }, policy, later)),
      ];
      const ordered = round % 2 === 0 ? works : works.toReversed();
      const outcomes = await Promise.allSettled(ordered.map((work) => work()));
      const [order] = await findOrders(db, { orderIds: [orderId] });
      const refused = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
      if (order?.status === "cancelled") assert.deepEqual([refused, order.attempts], [["order.cannot_move"], 1]);
      else assert.deepEqual([refused, order?.status, order?.attempts], [[], "payment_processing", 2]);
    }
    await close();
  });
});
