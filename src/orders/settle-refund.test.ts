import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import { listEntries } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { cancelOrder } from "./cancel-order.ts";
import { findOrders } from "./order-queries.ts";
import { requestRefund } from "./request-refund.ts";
import { settlePayments } from "./settle-payments.ts";
import { settleRefund } from "./settle-refund.ts";
import { startPayment } from "./start-payment.ts";

async function givenCancelled(tx: Tx): Promise<bigint> {
  const { orderId } = await givenOrder(tx, { status: "paid" });
  await cancelOrder(tx, { orderId, reason: "CUSTOMER_REQUESTED", by }, policy, noon);
  return orderId;
}

async function moneyOf(tx: Tx, orderId: bigint): Promise<bigint[]> {
  const [order] = await findOrders(tx, { orderIds: [orderId] });
  assert.ok(order);
  return [order.capturedMinor, order.refundingMinor, order.refundedMinor];
}

const tasksOf = (tx: Tx, orderId: bigint) => ask(tx, `select kind from tasks.tasks where order_id = ${orderId}`);

describe("settleRefund", () => {
  test(
    "writes the ledger entry and turns the promise into money that went back, once",
    inTx(async (tx) => {
      const orderId = await givenCancelled(tx);
      const result = { orderId, refund: 1, answer: { outcome: "refunded", reference: "re-1" }, by } as const;
      await settleRefund(tx, result, policy, noon);
      await settleRefund(tx, result, policy, noon);
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 300n]);
      const entries = (await listEntries(tx, { orderId })).map((entry) => [entry.kind, entry.amountMinor]);
      assert.deepEqual(entries, [
        ["capture", 300n],
        ["refund", 300n],
      ]);
      const events = await ask(
        tx,
        `select type from events.events where stream_id = ${orderId} and sequence > 4 order by sequence`,
      );
      assert.deepEqual(events, [{ type: "OrderCancelled" }, { type: "RefundProcessed" }]);
    }),
  );

  test(
    "leaves the time at which the order was cancelled, so that cancelling again gives the same answer",
    inTx(async (tx) => {
      const orderId = await givenCancelled(tx);
      const later = new Date(noon.getTime() + 60_000);
      const result = { orderId, refund: 1, answer: { outcome: "refunded", reference: "re-1" }, by } as const;
      await settleRefund(tx, result, policy, later);
      const [order] = await findOrders(tx, { orderIds: [orderId] });
      assert.deepEqual(order?.updatedAt, noon);
    }),
  );

  test(
    "takes the promise back and opens a task when the gateway refuses",
    inTx(async (tx) => {
      const orderId = await givenCancelled(tx);
      const result = { orderId, refund: 1, answer: { outcome: "failed", reason: "account closed" }, by } as const;
      await settleRefund(tx, result, policy, noon);
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 0n]);
      assert.deepEqual(await tasksOf(tx, orderId), [{ kind: "refund_failed" }]);
    }),
  );

  test(
    "refuses a refund that nobody promised",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const result = { orderId, refund: 1, answer: { outcome: "refunded", reference: "re-2" }, by } as const;
      await assert.rejects(settleRefund(tx, result, policy, noon), { code: "order.not_found" });
    }),
  );
});

describe("settleRefund, told what cannot be told twice", () => {
  const refunded = (reference: string) => ({ outcome: "refunded", reference }) as const;

  test(
    "writes money down that two calls without a common key sent twice",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const wanted = { orderId, amountMinor: 100n, reason: "broken" };
      await requestRefund(tx, wanted, policy, noon);
      await settleRefund(tx, { orderId, refund: 1, answer: refunded("re-1"), by }, policy, noon);
      await settleRefund(tx, { orderId, refund: 1, answer: refunded("re-2"), by }, policy, noon);
      await settleRefund(tx, { orderId, refund: 1, answer: refunded("re-2"), by }, policy, noon);
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 200n]);
    }),
  );

  test(
    "asks a person when more went back than came in, and keeps the ledger within what is possible",
    inTx(async (tx) => {
      const orderId = await givenCancelled(tx);
      await settleRefund(tx, { orderId, refund: 1, answer: refunded("re-1"), by }, policy, noon);
      await settleRefund(tx, { orderId, refund: 1, answer: refunded("re-2"), by }, policy, noon);
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 300n]);
      assert.deepEqual(await tasksOf(tx, orderId), [{ kind: "payment_unexpected" }]);
      const held = await ask(
        tx,
        `select kind, reference, amount_minor from payments.suspense where order_id = ${orderId}`,
      );
      assert.deepEqual(held, [{ kind: "refund", reference: "re-2", amountMinor: 300n }]);
    }),
  );

  test(
    "takes nothing for a refund of one payment that only another payment could have given",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "pending" });
      await startPayment(tx, { orderId, gateway: "sandbox", by }, policy, noon);
      const money = { outcome: "paid", amountMinor: 300n, currency: "USD" } as const;
      for (const attempt of [1, 2]) {
        const answer = { ...money, reference: `pay-${attempt}` };
        await settlePayments(tx, [{ orderId, attempt, answer, by }], policy, noon);
      }
      for (const reference of ["re-1", "re-2"])
        await settleRefund(tx, { orderId, refund: 1, answer: refunded(reference), by }, policy, noon);
      assert.deepEqual(await moneyOf(tx, orderId), [600n, 0n, 300n]);
      assert.deepEqual(await tasksOf(tx, orderId), [{ kind: "payment_unexpected" }]);
    }),
  );

  test(
    "breaks the promise when the gateway answers with a refund that stands for another one",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      for (const reason of ["first", "second"])
        await requestRefund(tx, { orderId, amountMinor: 100n, reason }, policy, noon);
      for (const refund of [1, 2])
        await settleRefund(tx, { orderId, refund, answer: refunded("re-1"), by }, policy, noon);
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 100n]);
      assert.deepEqual(await tasksOf(tx, orderId), [{ kind: "refund_failed" }]);
    }),
  );
});

describe("the ledger", () => {
  test(
    "cannot promise back more than was captured, whatever the code decides",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const overdraw = ask(
        tx,
        `update orders.orders set refunding_minor = 301 where order_id = ${orderId} returning 1 as one`,
      );
      await assert.rejects(overdraw, { constraint: "orders_refunds_within_captures" });
    }),
  );
  for (const edit of [
    "update payments.money_entries set amount_minor = 1",
    "delete from payments.money_entries",
    "truncate payments.money_entries",
  ]) {
    test(
      `refuses: ${edit}`,
      inTx(async (tx) => {
        await givenOrder(tx, { status: "paid" });
        await assert.rejects(ask(tx, edit), { code: "23001" });
      }),
    );
  }
});
