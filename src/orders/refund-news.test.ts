import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import type { RefundAnswer } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { cancelOrder } from "./cancel-order.ts";
import { hearChargeback } from "./hear-chargeback.ts";
import { hearRefund } from "./hear-refund.ts";
import { hearRefundFailure } from "./hear-refund-failure.ts";
import type { RefundNews } from "./refund-news.ts";
import { requestRefund } from "./request-refund.ts";
import { settleRefund } from "./settle-refund.ts";

function newsOf(orderId: bigint, about: Partial<RefundNews> = {}): RefundNews {
  const payment = { reference: `pay-${orderId}`, refundReference: "re-1", amountMinor: 100n, currency: "USD" };
  return { orderId, ...payment, cause: "webhook 1", ...about };
}

async function givenPaid(tx: Tx): Promise<bigint> {
  return (await givenOrder(tx, { status: "paid" })).orderId;
}

type Settled = Extract<RefundAnswer, { outcome: "refunded" | "failed" }>;

/** A refund of ours, with what the gateway answered. */
async function givenRefund(tx: Tx, orderId: bigint, amountMinor: bigint, answer: Settled): Promise<void> {
  const { refund } = await requestRefund(tx, { orderId, amountMinor, reason: "broken" }, policy, noon);
  await settleRefund(tx, { orderId, refund: refund.refund, answer, by }, policy, noon);
}

/** What the order counts as given back and as taken by banks, and what the ledger has in the order in which it came. */
async function booksOf(tx: Tx, orderId: bigint) {
  const [order] = await ask<{ refundedMinor: bigint; chargedBackMinor: bigint }>(
    tx,
    "select refunded_minor, charged_back_minor from orders.orders where order_id = $1",
    [orderId],
  );
  const entries = await ask<{ kind: string; amountMinor: bigint }>(
    tx,
    "select kind, amount_minor from payments.money_entries where order_id = $1 order by sequence offset 1",
    [orderId],
  );
  return { ...order, ledger: entries.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`) };
}

async function askedAbout(tx: Tx, orderId: bigint): Promise<unknown[]> {
  const tasks = await ask(tx, "select kind from tasks.tasks where order_id = $1 order by task_id", [orderId]);
  return tasks.map(({ kind }) => kind);
}

const refused = { outcome: "failed", reason: "account closed" } as const;
const given = { outcome: "refunded", reference: "re-own" } as const;

describe("a refund that came from the gateway's own console", () => {
  test(
    "and has no name counts, though a refund of ours of that amount was refused",
    inTx(async (tx) => {
      const orderId = await givenPaid(tx);
      await givenRefund(tx, orderId, 300n, refused);
      const whole = newsOf(orderId, { refundReference: null, amountMinor: 300n });
      assert.equal(await hearRefund(tx, whole, noon), "recorded");
      assert.equal(await hearRefund(tx, whole, noon), "duplicate");
      assert.deepEqual(await booksOf(tx, orderId), {
        refundedMinor: 300n,
        chargedBackMinor: 0n,
        ledger: ["refund 300"],
      });
    }),
  );

  test(
    "and has no name is put before a person when it may be old news of one that failed",
    inTx(async (tx) => {
      const orderId = await givenPaid(tx);
      await givenRefund(tx, orderId, 300n, given);
      await hearRefundFailure(tx, newsOf(orderId, { refundReference: "re-own", amountMinor: 300n }), noon);
      const whole = newsOf(orderId, { refundReference: null, amountMinor: 300n });
      assert.equal(await hearRefund(tx, whole, noon), "unexpected");
      assert.deepEqual(await askedAbout(tx, orderId), ["refund_failed", "payment_unexpected"]);
    }),
  );

  test(
    "and is a part without a name is put before a person, however much went back before",
    inTx(async (tx) => {
      const orderId = await givenPaid(tx);
      await givenRefund(tx, orderId, 200n, given);
      const part = newsOf(orderId, { refundReference: null, amountMinor: 100n });
      assert.equal(await hearRefund(tx, part, noon), "unexpected");
      const { length } = await ask(tx, "select from payments.suspense where order_id = $1", [orderId]);
      assert.equal(length, 1);
    }),
  );

  test(
    "and has no name is no news when the whole payment went back in parts",
    inTx(async (tx) => {
      const orderId = await givenPaid(tx);
      await givenRefund(tx, orderId, 200n, given);
      await givenRefund(tx, orderId, 100n, { ...given, reference: "re-rest" });
      const whole = newsOf(orderId, { refundReference: null, amountMinor: 300n });
      assert.equal(await hearRefund(tx, whole, noon), "duplicate");
      assert.deepEqual(await askedAbout(tx, orderId), []);
    }),
  );

  test(
    "and failed is written down with its failure, though the whole payment went back otherwise meanwhile",
    inTx(async (tx) => {
      const orderId = await givenPaid(tx);
      await givenRefund(tx, orderId, 300n, given);
      const console = newsOf(orderId, { refundReference: "re-console", amountMinor: 300n });
      assert.equal(await hearRefund(tx, console, noon), "early");
      assert.equal(await hearRefundFailure(tx, console, noon), "recorded");
      for (const hear of [hearRefund, hearRefundFailure]) assert.equal(await hear(tx, console, noon), "duplicate");
      assert.deepEqual(await booksOf(tx, orderId), {
        refundedMinor: 300n,
        chargedBackMinor: 0n,
        ledger: ["refund 300", "refund 300", "refund_failed 300"],
      });
    }),
  );

  test(
    "and failed is put before a person when it is more than came in",
    inTx(async (tx) => {
      const orderId = await givenPaid(tx);
      assert.equal(await hearRefundFailure(tx, newsOf(orderId, { amountMinor: 301n }), noon), "unexpected");
      assert.deepEqual((await booksOf(tx, orderId)).ledger, []);
    }),
  );
});

describe("a chargeback without a name", () => {
  test(
    "is put before a person when another one was written down under its name",
    inTx(async (tx) => {
      const orderId = await givenPaid(tx);
      await hearChargeback(tx, newsOf(orderId, { refundReference: "dp-1" }), noon);
      assert.equal(await hearChargeback(tx, newsOf(orderId, { refundReference: null }), noon), "unexpected");
      assert.deepEqual(await booksOf(tx, orderId), {
        refundedMinor: 0n,
        chargedBackMinor: 100n,
        ledger: ["chargeback 100"],
      });
    }),
  );
});

describe("an order with as many refunds as one may have", () => {
  test(
    "gives back what is left when it is cancelled",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, {
        status: "paid",
        lines: [{ quantity: 1n, unitPriceMinor: 2_000n }],
      });
      await ask(
        tx,
        `insert into payments.refunds
           (order_id, refund, attempt, key, state, amount_minor, currency, reason, created_at, updated_at)
         select $1, number, 1, number::text, 'failed', 1, 'USD', 'broken', now(), now()
           from generate_series(1, 1000) as number`,
        [orderId],
      );
      await ask(tx, "update orders.orders set refunds = 1000 where order_id = $1", [orderId]);
      const wanted = { orderId, amountMinor: 1n, reason: "broken" };
      await assert.rejects(requestRefund(tx, wanted, policy, noon), { code: "order.refunds_too_many" });
      await cancelOrder(tx, { orderId, reason: "CUSTOMER_REQUESTED", by }, policy, noon);
      await settleRefund(tx, { orderId, refund: 1001, answer: given, by }, policy, noon);
      assert.deepEqual((await booksOf(tx, orderId)).ledger, ["refund 2000"]);
    }),
  );
});
