import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import { listEntries } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { hearChargeback } from "./hear-chargeback.ts";
import { hearRefund } from "./hear-refund.ts";
import { hearRefundFailure } from "./hear-refund-failure.ts";
import { findOrders } from "./order-queries.ts";
import type { RefundNews } from "./refund-news.ts";
import { requestRefund } from "./request-refund.ts";
import { settlePayments } from "./settle-payments.ts";
import { settleRefund } from "./settle-refund.ts";

const refundOf = (tx: Tx, orderId: bigint, amountMinor: bigint) =>
  requestRefund(tx, { orderId, amountMinor, reason: "broken" }, policy, noon);

async function settle(tx: Tx, orderId: bigint, refund: number, reference: string): Promise<void> {
  await settleRefund(tx, { orderId, refund, answer: { outcome: "refunded", reference }, by }, policy, noon);
}

function newsOf(orderId: bigint, about: Partial<RefundNews> = {}): RefundNews {
  const payment = { reference: `pay-${orderId}`, refundReference: "re-1", amountMinor: 100n, currency: "USD" };
  return { orderId, ...payment, cause: "webhook 1", ...about };
}

/** Captured, refunding, refunded, charged back. */
async function moneyOf(tx: Tx, orderId: bigint): Promise<bigint[]> {
  const [order] = await findOrders(tx, { orderIds: [orderId] });
  assert.ok(order);
  return [order.capturedMinor, order.refundingMinor, order.refundedMinor, order.chargedBackMinor];
}

const tasksOf = async (tx: Tx, orderId: bigint) =>
  (await ask<{ kind: string }>(tx, `select kind from tasks.tasks where order_id = ${orderId} order by task_id`)).map(
    ({ kind }) => kind,
  );
const suspenseOf = (tx: Tx, orderId: bigint) =>
  ask(tx, `select kind, reference, amount_minor, currency from payments.suspense where order_id = ${orderId}`);
const refundsOf = (tx: Tx, orderId: bigint) =>
  ask(
    tx,
    `select state, amount_minor, reason, reference from payments.refunds where order_id = ${orderId} order by refund`,
  );
const moneyEvents = async (tx: Tx, orderId: bigint) =>
  (
    await ask<{ type: string }>(
      tx,
      `select type from events.events where stream_id = ${orderId} and sequence > 4 order by sequence`,
    )
  ).map(({ type }) => type);

describe("hearRefund", () => {
  test(
    "leaves a refund of ours to the job that asked for it, before and after its answer",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await refundOf(tx, orderId, 100n);
      assert.equal(await hearRefund(tx, newsOf(orderId), noon), "early");
      await settle(tx, orderId, 1, "re-1");
      assert.equal(await hearRefund(tx, newsOf(orderId), noon), "duplicate");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 100n, 0n]);
    }),
  );

  test(
    "writes down what the gateway gave back by itself, once, and counts it against later refunds",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      assert.equal(await hearRefund(tx, newsOf(orderId), noon), "recorded");
      assert.equal(await hearRefund(tx, newsOf(orderId), noon), "duplicate");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 100n, 0n]);
      assert.deepEqual(await refundsOf(tx, orderId), [
        { state: "succeeded", amountMinor: 100n, reason: "given_by_gateway", reference: "re-1" },
      ]);
      assert.deepEqual(await moneyEvents(tx, orderId), ["RefundProcessed"]);
      const entries = await listEntries(tx, { orderId });
      assert.deepEqual(
        entries.map(({ kind, amountMinor, reference, actor, cause }) => [kind, amountMinor, reference, actor, cause]),
        [
          ["capture", 300n, `pay-${orderId}`, "test", "given"],
          ["refund", 100n, "re-1", "payment service", "webhook 1"],
        ],
      );
      await assert.rejects(refundOf(tx, orderId, 201n), { code: "order.refund_too_large" });
    }),
  );

  test(
    "tells two refunds of one amount apart by their names",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await refundOf(tx, orderId, 100n);
      assert.equal(await hearRefund(tx, newsOf(orderId, { refundReference: "re-console" }), noon), "early");
      await settle(tx, orderId, 1, "re-1");
      assert.equal(await hearRefund(tx, newsOf(orderId, { refundReference: "re-console" }), noon), "recorded");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 200n, 0n]);
    }),
  );

  test(
    "takes a refund without a name for one that it knows, or for the whole payment",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const whole = newsOf(orderId, { refundReference: null, amountMinor: 300n });
      assert.equal(await hearRefund(tx, whole, noon), "recorded");
      assert.equal(await hearRefund(tx, whole, noon), "duplicate");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 300n, 0n]);

      const { orderId: other } = await givenOrder(tx, { status: "cancelled" });
      const ours = { ...whole, orderId: other, reference: `pay-${other}` };
      assert.equal(await hearRefund(tx, ours, noon), "early");
      await settle(tx, other, 1, "re-1");
      assert.equal(await hearRefund(tx, ours, noon), "duplicate");
      assert.deepEqual(await moneyOf(tx, other), [300n, 0n, 300n, 0n]);
    }),
  );

  test(
    "waits while the payment is not known, or while more would have gone back than came in",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx);
      assert.equal(await hearRefund(tx, newsOf(orderId), noon), "early");
      const { orderId: cancelled } = await givenOrder(tx, { status: "cancelled" });
      assert.equal(await hearRefund(tx, newsOf(cancelled), noon), "early");
      const answer = { outcome: "failed", reason: "already given back in part" } as const;
      await settleRefund(tx, { orderId: cancelled, refund: 1, answer, by }, policy, noon);
      assert.equal(await hearRefund(tx, newsOf(cancelled), noon), "recorded");
      assert.deepEqual(await moneyOf(tx, cancelled), [300n, 0n, 100n, 0n]);
    }),
  );

  for (const [what, about] of [
    ["another currency", { currency: "EUR" }],
    ["no amount", { amountMinor: 0n }],
    ["a nameless part", { refundReference: null }],
  ] as const) {
    test(
      `asks a person about ${what}, once, and changes no money`,
      inTx(async (tx) => {
        const { orderId } = await givenOrder(tx, { status: "paid" });
        const news = newsOf(orderId, about);
        assert.equal(await hearRefund(tx, news, noon), "unexpected");
        assert.equal(await hearRefund(tx, news, noon), "unexpected");
        assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 0n, 0n]);
        assert.deepEqual(await tasksOf(tx, orderId), ["payment_unexpected"]);
        const { currency, amountMinor } = news;
        const reference = news.refundReference ?? news.reference;
        assert.deepEqual(await suspenseOf(tx, orderId), [{ kind: "refund", reference, amountMinor, currency }]);
      }),
    );
  }

  test(
    "asks a person about a refund that another order has",
    inTx(async (tx) => {
      const { orderId: first } = await givenOrder(tx, { status: "paid" });
      const { orderId: second } = await givenOrder(tx, { status: "paid" });
      assert.equal(await hearRefund(tx, newsOf(first), noon), "recorded");
      assert.equal(await hearRefund(tx, newsOf(second), noon), "unexpected");
      assert.deepEqual(await moneyOf(tx, second), [300n, 0n, 0n, 0n]);
    }),
  );

  test(
    "refuses an order that does not exist",
    inTx(async (tx) => {
      for (const hear of [hearRefund, hearRefundFailure, hearChargeback])
        await assert.rejects(hear(tx, newsOf(7_654_321n), noon), { code: "order.not_found" });
    }),
  );
});

describe("hearRefundFailure", () => {
  test(
    "takes back what had gone, tells of it, asks a person, and lets it be given back again; once",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await refundOf(tx, orderId, 100n);
      assert.equal(await hearRefundFailure(tx, newsOf(orderId), noon), "early");
      await settle(tx, orderId, 1, "re-1");
      assert.equal(await hearRefundFailure(tx, newsOf(orderId), noon), "recorded");
      assert.equal(await hearRefundFailure(tx, newsOf(orderId), noon), "duplicate");
      assert.equal(await hearRefund(tx, newsOf(orderId), noon), "duplicate");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 0n, 0n]);
      assert.deepEqual(await refundsOf(tx, orderId), [
        { state: "failed", amountMinor: 100n, reason: "broken", reference: "re-1" },
      ]);
      assert.deepEqual(await moneyEvents(tx, orderId), ["RefundProcessed", "RefundFailed"]);
      assert.deepEqual(await tasksOf(tx, orderId), ["refund_failed"]);
      assert.equal((await refundOf(tx, orderId, 300n)).refund.refund, 2);
    }),
  );

  test(
    "knows a refund that the gateway refused at once, and keeps the name that it gave it",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "cancelled" });
      const answer = { outcome: "failed", reason: "account closed" } as const;
      await settleRefund(tx, { orderId, refund: 1, answer, by }, policy, noon);
      const news = newsOf(orderId, { amountMinor: 300n });
      assert.equal(await hearRefundFailure(tx, news, noon), "recorded");
      assert.equal(await hearRefundFailure(tx, news, noon), "duplicate");
      assert.equal(await hearRefund(tx, news, noon), "duplicate");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 0n, 0n]);
      assert.deepEqual(await tasksOf(tx, orderId), ["refund_failed"]);
    }),
  );

  test(
    "finds the only refund of the amount when none is named, and asks a person when there are two",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await hearRefund(tx, newsOf(orderId), noon);
      const nameless = newsOf(orderId, { refundReference: null });
      assert.equal(await hearRefundFailure(tx, nameless, noon), "recorded");
      assert.equal(await hearRefundFailure(tx, nameless, noon), "duplicate");
      for (const refundReference of ["re-2", "re-3"]) await hearRefund(tx, newsOf(orderId, { refundReference }), noon);
      assert.equal(await hearRefundFailure(tx, nameless, noon), "unexpected");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 200n, 0n]);
    }),
  );

  test(
    "waits for the refund, and asks a person when the amount, the currency or the payment is another one",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      assert.equal(await hearRefundFailure(tx, newsOf(orderId, { refundReference: null }), noon), "early");
      await hearRefund(tx, newsOf(orderId), noon);
      assert.equal(await hearRefundFailure(tx, newsOf(orderId, { amountMinor: 99n }), noon), "unexpected");
      assert.equal(await hearRefundFailure(tx, newsOf(orderId, { currency: "EUR" }), noon), "unexpected");
      const { orderId: other } = await givenOrder(tx, { status: "paid" });
      assert.equal(await hearRefundFailure(tx, newsOf(other), noon), "unexpected");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 100n, 0n]);
    }),
  );
});

describe("hearChargeback", () => {
  test(
    "writes down what a bank took, also after a refund, asks a person and leaves the order where it is; once",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "shipped" });
      await refundOf(tx, orderId, 100n);
      await settle(tx, orderId, 1, "re-1");
      const news = newsOf(orderId, { refundReference: "dp-1", amountMinor: 300n });
      assert.equal(await hearChargeback(tx, news, noon), "recorded");
      assert.equal(await hearChargeback(tx, news, noon), "duplicate");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 100n, 300n]);
      assert.deepEqual(await tasksOf(tx, orderId), ["chargeback"]);
      const [order] = await findOrders(tx, { orderIds: [orderId] });
      assert.equal(order?.status, "shipped");
      assert.equal((await moneyEvents(tx, orderId)).at(-1), "PaymentChargedBack");
      await assert.rejects(refundOf(tx, orderId, 1n), { code: "order.nothing_to_refund" });
    }),
  );

  test(
    "takes one without a name for the payment's own",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const news = newsOf(orderId, { refundReference: null });
      assert.equal(await hearChargeback(tx, news, noon), "recorded");
      assert.equal(await hearChargeback(tx, news, noon), "duplicate");
      assert.equal(await hearChargeback(tx, { ...news, amountMinor: 50n }, noon), "unexpected");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 0n, 100n]);
    }),
  );

  test(
    "waits for the payment, and asks a person when more is taken than came in",
    inTx(async (tx) => {
      const { orderId: unpaid } = await givenOrder(tx);
      assert.equal(await hearChargeback(tx, newsOf(unpaid), noon), "early");
      const { orderId } = await givenOrder(tx, { status: "paid" });
      assert.equal(await hearChargeback(tx, newsOf(orderId, { amountMinor: 301n }), noon), "unexpected");
      assert.equal(await hearChargeback(tx, newsOf(orderId, { amountMinor: 300n }), noon), "recorded");
      assert.equal(await hearChargeback(tx, newsOf(orderId, { refundReference: "dp-2" }), noon), "unexpected");
      assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 0n, 300n]);
      const forced = ask(tx, `update orders.orders set charged_back_minor = 301 where order_id = ${orderId}`);
      await assert.rejects(forced, { constraint: "orders_chargebacks_within_captures" });
    }),
  );
});

type Telling = (tx: Tx, orderId: bigint) => Promise<string>;

function tell(named: boolean, amounts: { refund: bigint; chargeback: bigint }): Record<string, Telling> {
  const nameOf = (prefix: string, orderId: bigint) => (named ? `${prefix}-${orderId}` : null);
  const refund = (orderId: bigint) =>
    newsOf(orderId, { refundReference: nameOf("re", orderId), amountMinor: amounts.refund });
  return {
    async succeeded(tx, orderId) {
      const answer = { outcome: "paid", reference: `pay-${orderId}`, amountMinor: 300n, currency: "USD" } as const;
      return (await settlePayments(tx, [{ orderId, attempt: 1, answer, by }], policy, noon))[0]?.outcome ?? "";
    },
    async failed(tx, orderId) {
      const answer = { outcome: "failed", failure: "card_declined", reference: `pay-${orderId}` } as const;
      return (await settlePayments(tx, [{ orderId, attempt: 1, answer, by }], policy, noon))[0]?.outcome ?? "";
    },
    refunded: (tx, orderId) => hearRefund(tx, refund(orderId), noon),
    refundFailed: (tx, orderId) => hearRefundFailure(tx, refund(orderId), noon),
    chargedBack: (tx, orderId) =>
      hearChargeback(
        tx,
        newsOf(orderId, { refundReference: nameOf("dp", orderId), amountMinor: amounts.chargeback }),
        noon,
      ),
  };
}

/** Tells all in this order; what is early is told again after the others, as the inbox does. */
async function tellAll(tx: Tx, orderId: bigint, tellings: readonly Telling[]): Promise<void> {
  let left = tellings;
  for (let round = 0; left.length > 0 && round < tellings.length; round += 1) {
    const early: Telling[] = [];
    for (const telling of left) if ((await telling(tx, orderId)) === "early") early.push(telling);
    left = early;
  }
  assert.equal(left.length, 0, "what is early comes true at last");
}

describe("news of money in any order, some of it twice", () => {
  for (const [what, named, amounts] of [
    ["a part, by name", true, { refund: 120n, chargeback: 300n }],
    ["the whole, by name", true, { refund: 300n, chargeback: 300n }],
    ["the whole, without a name", false, { refund: 300n, chargeback: 300n }],
  ] as const) {
    test(
      `ends in the same books: ${what}`,
      inTx(async (tx) => {
        const tellings = tell(named, amounts);
        const names = Object.keys(tellings);
        const arrivals = fc
          .tuple(
            fc.shuffledSubarray(names, { minLength: names.length }),
            fc.array(fc.constantFrom(...names), { maxLength: 3 }),
          )
          .map(([all, again]) => [...all, ...again]);
        await fc.assert(
          fc.asyncProperty(arrivals, async (order) => {
            const { orderId } = await givenOrder(tx);
            await tellAll(
              tx,
              orderId,
              order.map((kind) => tellings[kind] as Telling),
            );
            assert.deepEqual(await moneyOf(tx, orderId), [300n, 0n, 0n, amounts.chargeback]);
            const [after] = await findOrders(tx, { orderIds: [orderId] });
            assert.equal(after?.status, "paid");
            const entries = await listEntries(tx, { orderId });
            assert.deepEqual(entries.map(({ kind }) => kind).sort(), [
              "capture",
              "chargeback",
              "refund",
              "refund_failed",
            ]);
            assert.deepEqual((await tasksOf(tx, orderId)).sort(), ["chargeback", "refund_failed"]);
          }),
          { numRuns: 40 },
        );
      }),
    );
  }
});
