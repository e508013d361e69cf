import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf } from "../../test/support/database.ts";
import { by, givenOrder, newOrder, noon, policy } from "../../test/support/given-orders.ts";
import type { Refund } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { cancelOrder } from "./cancel-order.ts";
import { hearChargeback } from "./hear-chargeback.ts";
import type { OrderStatus } from "./order.ts";
import { findOrders } from "./order-queries.ts";
import { placeOrders } from "./place-orders.ts";
import { refundPayment } from "./refund-payment.ts";
import { requestRefund } from "./request-refund.ts";
import { settlePayments } from "./settle-payments.ts";
import { settleRefund } from "./settle-refund.ts";
import { startPayment } from "./start-payment.ts";
import { tellCustomer } from "./tell-customer.ts";

async function refund(tx: Tx, orderId: bigint, amountMinor?: bigint): Promise<Refund> {
  return (await requestRefund(tx, { orderId, amountMinor, reason: "broken" }, policy, noon)).refund;
}

async function moneyOf(tx: Tx, orderId: bigint): Promise<bigint[]> {
  const [order] = await findOrders(tx, { orderIds: [orderId] });
  assert.ok(order);
  return [order.capturedMinor, order.refundingMinor, order.refundedMinor, order.chargedBackMinor];
}

describe("requestRefund", () => {
  for (const status of ["paid", "shipped", "delivered"] as const) {
    test(
      `promises part of a ${status} order's money, queues the call and leaves the order ${status}`,
      inTx(async (tx) => {
        const { orderId, uid } = await givenOrder(tx, { status });
        const promised = await refund(tx, orderId, 120n);
        assert.deepEqual(
          { ...promised, createdAt: undefined, updatedAt: undefined },
          {
            orderId,
            refund: 1,
            attempt: 1,
            key: `${uid.slice(0, -4)}c001`,
            state: "requested",
            amountMinor: 120n,
            currency: "USD",
            reason: "broken",
            reference: null,
            failure: null,
            createdAt: undefined,
            updatedAt: undefined,
          },
        );
        assert.deepEqual(await moneyOf(tx, orderId), [300n, 120n, 0n, 0n]);
        const [order] = await findOrders(tx, { orderIds: [orderId] });
        assert.equal(order?.status, status);
        const jobs = await ask(
          tx,
          `select payload ->> 'refund' as refund, priority from graphile_worker._private_jobs
            where payload ->> 'orderId' = '${orderId}' and payload ->> 'refund' is not null`,
        );
        // Before all letters, however many wait.
        assert.deepEqual(jobs, [{ refund: "1", priority: -1 }]);
      }),
    );
  }

  test(
    "promises all that is left when no amount is named",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await refund(tx, orderId, 120n);
      assert.equal((await refund(tx, orderId)).amountMinor, 180n);
      await assert.rejects(refund(tx, orderId), { code: "order.nothing_to_refund" });
    }),
  );

  for (const amountMinor of [301n, 0n, -1n, 10n ** 15n]) {
    test(
      `refuses ${amountMinor} of 300, says what is left, and the database would refuse it too`,
      inTx(async (tx) => {
        const { orderId } = await givenOrder(tx, { status: "paid" });
        await assert.rejects(refund(tx, orderId, amountMinor), {
          code: "order.refund_too_large",
          message: "One refund can give back 1 to 300 minor units of USD now.",
          extras: { faults: [{ pointer: "/amount", detail: "Must be from 1 to 300." }] },
        });
        assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 0n, 0n]);
        const forced =
          amountMinor > 0n
            ? ask(tx, `update orders.orders set refunding_minor = ${amountMinor} where order_id = ${orderId}`)
            : ask(
                tx,
                `insert into payments.refunds
                   (order_id, refund, attempt, key, state, amount_minor, currency, reason, created_at, updated_at)
                 values (${orderId}, 1, 1, 'k', 'requested', ${amountMinor}, 'USD', 'r', now(), now())`,
              );
        await assert.rejects(forced, {
          constraint: amountMinor > 0n ? "orders_refunds_within_captures" : "refunds_amount_positive",
        });
      }),
    );
  }

  test(
    "refuses another currency",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const wanted = { orderId, amountMinor: 1n, currency: "EUR", reason: "broken" };
      await assert.rejects(requestRefund(tx, wanted, policy, noon), { code: "order.refund_currency" });
    }),
  );

  for (const status of ["pending", "cancelled"] as OrderStatus[]) {
    test(
      `refuses a ${status} order, of which nothing is left to give back`,
      inTx(async (tx) => {
        const { orderId } = await givenOrder(tx, { status });
        await assert.rejects(refund(tx, orderId, 1n), { code: "order.nothing_to_refund" });
      }),
    );
  }

  test(
    "refuses an order that is being paid, and one that is not there",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx);
      await assert.rejects(refund(tx, orderId), { code: "order.payment_under_way", extras: { retryAfterSeconds: 30 } });
      await assert.rejects(refund(tx, 7_654_321n), { code: "order.not_found" });
    }),
  );

  test(
    "refuses the refund after the thousandth",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await ask(tx, `update orders.orders set refunds = 1000 where order_id = ${orderId}`);
      await assert.rejects(refund(tx, orderId, 1n), { code: "order.refunds_too_many" });
    }),
  );

  test(
    "gives a refund that the gateway refused another try, on a cancelled order too",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "cancelled" });
      const answer = { outcome: "failed", reason: "account closed" } as const;
      await settleRefund(tx, { orderId, refund: 1, answer, by }, policy, noon);
      assert.equal((await refund(tx, orderId)).amountMinor, 300n);
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 300n, 0n, 0n]);
    }),
  );

  test(
    "leaves what banks took out of what is left",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const news = { orderId, reference: `pay-${orderId}`, currency: "USD", cause: "webhook 1" };
      await hearChargeback(tx, { ...news, refundReference: "dp-1", amountMinor: 250n }, noon);
      await assert.rejects(refund(tx, orderId, 51n), { code: "order.refund_too_large" });
      assert.equal((await refund(tx, orderId)).amountMinor, 50n);
    }),
  );

  test(
    "goes back on the payment that has most left, when a surplus could not be given back",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "pending" });
      await startPayment(tx, { orderId, gateway: "sandbox", by }, policy, noon);
      for (const attempt of [2, 1]) {
        const paid = { outcome: "paid", reference: `pay-${attempt}`, amountMinor: 300n, currency: "USD" } as const;
        await settlePayments(tx, [{ orderId, attempt, answer: paid, by }], policy, noon);
      }
      const answer = { outcome: "failed", reason: "account closed" } as const;
      await settleRefund(tx, { orderId, refund: 1, answer, by }, policy, noon);
      assert.deepEqual(await moneyOf(tx, orderId), [600n, 0n, 0n, 0n]);
      assert.equal((await refund(tx, orderId, 100n)).attempt, 1);
      assert.equal((await refund(tx, orderId)).attempt, 2);
      await assert.rejects(refund(tx, orderId, 201n), { code: "order.refund_too_large" });
      // Cancelling gives back what both have left.
      const cancelled = await cancelOrder(tx, { orderId, reason: "CUSTOMER_REQUESTED", by }, policy, noon);
      assert.deepEqual([cancelled.capturedMinor, cancelled.refundingMinor], [600n, 600n]);
    }),
  );

  test(
    "takes seven statements",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      assert.deepEqual(await statementsOf(tx, (watched) => refund(watched, orderId, 1n)), [
        "orders.lock_orders",
        "payments.find_attempts",
        "payments.find_refunds",
        "payments.sum_money",
        "orders.update_orders",
        "payments.insert_refunds",
        "platform.insert_jobs",
      ]);
    }),
  );
});

describe("requestRefund of what was paid elsewhere", () => {
  const recorded = { reference: "back-1", givenAt: new Date("2026-10-05T00:00:00Z"), by };

  async function givenRecorded(tx: Tx, orderId: bigint): Promise<bigint> {
    await prepareJobs(tx, [tellCustomer, refundPayment]);
    const payment = { kind: "recorded", reference: null, paidAt: null } as const;
    await placeOrders(tx, [{ ...newOrder(orderId), payment }], policy, noon);
    return orderId;
  }

  test(
    "writes down what went back there, at once and with its time, and asks nobody",
    inTx(async (tx) => {
      const orderId = await givenRecorded(tx, 701n);
      const wanted = { orderId, amountMinor: 100n, reason: "broken", recorded };
      const { refund: given } = await requestRefund(tx, wanted, policy, noon);
      assert.deepEqual([given.state, given.reference, given.reason], ["succeeded", "back-1", "broken"]);
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 100n, 0n]);
      const entries = "select gateway, reference, occurred_at from payments.money_entries where order_id = 701";
      assert.deepEqual(await ask(tx, `${entries} and kind = 'refund'`), [
        { gateway: "recorded", reference: "back-1", occurredAt: recorded.givenAt },
      ]);
      assert.deepEqual(
        await ask(tx, "select 1 from graphile_worker._private_jobs where payload ->> 'refund' is not null"),
        [],
      );
    }),
  );

  test(
    "refuses one that the ledger has, more than is left, and one of an order that a gateway was paid for",
    inTx(async (tx) => {
      const orderId = await givenRecorded(tx, 702n);
      const wanted = { orderId, amountMinor: 100n, reason: "broken", recorded };
      await requestRefund(tx, wanted, policy, noon);
      await assert.rejects(requestRefund(tx, wanted, policy, noon), { code: "order.refund_recorded_twice" });
      const more = { ...wanted, amountMinor: 201n, recorded: { ...recorded, reference: "back-2" } };
      await assert.rejects(requestRefund(tx, more, policy, noon), { code: "order.refund_too_large" });
      const charged = await givenOrder(tx, { status: "paid" });
      const beside = { ...wanted, orderId: charged.orderId };
      await assert.rejects(requestRefund(tx, beside, policy, noon), { code: "order.refund_not_elsewhere" });
    }),
  );
});
