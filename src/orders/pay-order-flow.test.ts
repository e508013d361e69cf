import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import { entityTag } from "../http/entity-tag.ts";
import type { ChargeAnswer, ChargeRequest, Gateway } from "../payments/index.ts";
import { findAttempts } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { completeAnswers } from "./answer-placement.ts";
import type { OrderStatus } from "./order.ts";
import { findOrders } from "./order-queries.ts";
import { payOrder } from "./pay-order-flow.ts";
import { openPaymentDesk } from "./payment-desk-flow.ts";
import { settlePayments } from "./settle-payments.ts";
import { startPayment } from "./start-payment.ts";

const start = (tx: Tx, orderId: bigint) => startPayment(tx, { orderId, gateway: "sandbox", by }, policy, noon);

describe("startPayment", () => {
  test(
    "commits the intent to pay an unpaid order once more",
    inTx(async (tx) => {
      const { orderId, uid } = await givenOrder(tx, { status: "pending" });
      const { order, attempt } = await start(tx, orderId);
      assert.deepEqual(
        [order.status, order.attempts, order.expiresAt, attempt.state, attempt.key, attempt.amountMinor],
        ["payment_processing", 2, null, "processing", `${uid.slice(0, -4)}8002`, 300n],
      );
      const [, second] = await findAttempts(tx, { orderIds: [orderId] });
      assert.deepEqual(second, attempt);
      const [event] = await ask(
        tx,
        `select type, from_status, to_status from events.events where stream_id = ${orderId} order by sequence desc limit 1`,
      );
      assert.deepEqual(event, {
        type: "PaymentInitiated",
        fromStatus: "pending",
        toStatus: "payment_processing",
      });
    }),
  );

  test(
    "refuses while a payment is under way, and says when to ask again",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx);
      await assert.rejects(start(tx, orderId), { code: "order.payment_under_way", extras: { retryAfterSeconds: 30 } });
    }),
  );

  for (const status of ["paid", "shipped", "delivered", "cancelled"] as OrderStatus[]) {
    test(
      `refuses an order that is ${status}`,
      inTx(async (tx) => {
        const { orderId } = await givenOrder(tx, { status });
        await assert.rejects(start(tx, orderId), { code: "order.cannot_move" });
      }),
    );
  }

  test(
    "refuses an order that does not exist, and the try after the hundredth",
    inTx(async (tx) => {
      await assert.rejects(start(tx, 7_654_321n), { code: "order.not_found" });
      const { orderId } = await givenOrder(tx, { status: "pending" });
      await ask(tx, `update orders.orders set attempts = 100 where order_id = ${orderId}`);
      await assert.rejects(start(tx, orderId), { code: "order.payments_too_many" });
    }),
  );

  test(
    "takes four statements",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "pending" });
      assert.deepEqual(await statementsOf(tx, (watched) => start(watched, orderId)), [
        "orders.lock_orders",
        "orders.update_orders",
        "payments.insert_attempts",
        "events.insert_events",
      ]);
    }),
  );

  test(
    "leaves it at one payment when the service answers the second try with the payment of the first",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "pending" });
      await start(tx, orderId);
      const answer = { outcome: "paid", reference: "pay-same", amountMinor: 300n, currency: "USD" } as const;
      const settle = async (attempt: number) =>
        (await settlePayments(tx, [{ orderId, attempt, answer, by }], policy, noon))[0]?.outcome;
      // A webhook for the first comes while the second is under way.
      assert.deepEqual([await settle(1), await settle(2), await settle(2)], ["paid", "failed", "duplicate"]);
      const [order] = await findOrders(tx, { orderIds: [orderId] });
      assert.deepEqual([order?.status, order?.capturedMinor, order?.refundingMinor], ["paid", 300n, 0n]);
      const attempts = await findAttempts(tx, { orderIds: [orderId] });
      assert.deepEqual(
        attempts.map(({ state, failure }) => [state, failure]),
        [
          ["paid", null],
          ["failed", "same_payment"],
        ],
      );
    }),
  );
});

/** A gateway that answers what it is told to, and remembers what it was asked. */
function scriptedGateway(answers: (request: ChargeRequest) => Promise<ChargeAnswer>) {
  const asked: ChargeRequest[] = [];
  const gateway = {
    name: "sandbox",
    keysAreSafe: true,
    charge(request: ChargeRequest) {
      asked.push(request);
      return answers(request);
    },
  } as unknown as Gateway;
  return { gateway, asked };
}

const paid = async ({ key, amountMinor, currency }: ChargeRequest): Promise<ChargeAnswer> => ({
  outcome: "paid",
  reference: `pay-${key}`,
  amountMinor,
  currency,
});

async function openShop(answers: (request: ChargeRequest) => Promise<ChargeAnswer> = paid) {
  const { db } = await testDatabase();
  const { gateway, asked } = scriptedGateway(answers);
  const counter = { db, gateway, clock: { now: () => noon }, policy };
  const { orderId } = await db.transaction((tx) => givenOrder(tx, { status: "pending" }));
  const pay = (key?: string, ifMatch?: string[]) => {
    const claim = key === undefined ? undefined : { principal: "ann", key, fingerprint: "f" };
    return payOrder(counter, openPaymentDesk(counter), { orderId, by, ifMatch, key: claim });
  };
  const statusOf = async () => (await findOrders(db, { orderIds: [orderId] }))[0]?.status;
  return { db, counter, asked, orderId, pay, statusOf };
}

describe("payOrder", () => {
  test("asks the gateway with the attempt's own key and answers what became of it, and the same when repeated", async () => {
    const { asked, pay, statusOf } = await openShop();
    const answer = await pay("again");
    assert.equal(answer.status, 201);
    const view = JSON.parse(answer.body);
    assert.deepEqual(
      [view.attempt, view.state, view.order_status, view.amount, view.reference],
      [2, "paid", "paid", 300, `pay-${view.payment_id}`],
    );
    assert.equal(asked[0]?.key, view.payment_id);
    assert.deepEqual(await pay("again"), { ...answer, replayed: true });
    assert.equal(asked.length, 1);
    assert.equal(await statusOf(), "paid");
  });

  test("answers a decline as 201 too: the order is unpaid as before and can be tried again", async () => {
    const { pay, statusOf } = await openShop(async () => ({
      outcome: "failed",
      failure: "card_declined",
      reference: null,
    }));
    const view = JSON.parse((await pay("first")).body);
    assert.deepEqual(
      [view.attempt, view.state, view.failure, view.order_status],
      [2, "failed", "card_declined", "pending"],
    );
    assert.equal(JSON.parse((await pay("second")).body).attempt, 3);
    assert.equal(await statusOf(), "pending");
  });

  test("lets one of many that come at once begin; the others hear that a payment is under way", async () => {
    const held = Promise.withResolvers<void>();
    const { asked, pay } = await openShop(async (request) => {
      await held.promise;
      return paid(request);
    });
    const callers = Array.from({ length: 8 }, (_, index) => pay(`key ${index}`));
    const refused = await Promise.any(callers.map((caller) => caller.then(Promise.reject, (error) => error)));
    assert.equal(refused.code, "order.payment_under_way");
    held.resolve();
    const outcomes = await Promise.allSettled(callers);
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    assert.equal(asked.length, 1);
  });

  test("refuses with If-Match when the order is not as it was seen, and begins nothing", async () => {
    const { asked, pay, statusOf } = await openShop();
    await assert.rejects(pay("first", [entityTag("another")]), { code: "http.precondition_failed" });
    assert.equal(await statusOf(), "pending");
    assert.equal(asked.length, 0);
    // A refusal keeps nothing, so the key is free.
    assert.equal((await pay("first")).status, 201);
  });

  test("leaves an answer that died with its process to recovery, once the attempt is settled", async () => {
    const { db, counter, orderId, pay } = await openShop(() => Promise.reject(new Error("killed")));
    await assert.rejects(pay("first"), { message: "killed" });
    await assert.rejects(pay("first"), { code: "http.idempotency_key_in_flight" });
    const answer = { outcome: "paid", reference: "pay-2", amountMinor: 300n, currency: "USD" } as const;
    await db.transaction((tx) => settlePayments(tx, [{ orderId, attempt: 2, answer, by }], policy, noon));

    const answered = await pay("first");
    assert.equal(answered.replayed, true);
    assert.equal(JSON.parse(answered.body).state, "paid");
    assert.deepEqual(await pay("first"), answered);
    const later = { now: () => new Date(noon.getTime() + 120_000) };
    assert.equal(await completeAnswers(counter.db, later), 0);
  });

  test("has the answers completed of those who never ask again", async () => {
    const { db, orderId, pay } = await openShop(() => Promise.reject(new Error("killed")));
    await assert.rejects(pay("first"), { message: "killed" });
    const later = { now: () => new Date(noon.getTime() + 120_000) };
    assert.equal(await completeAnswers(db, later), 0);
    const answer = { outcome: "failed", failure: "card_declined", reference: null } as const;
    await db.transaction((tx) => settlePayments(tx, [{ orderId, attempt: 2, answer, by }], policy, noon));
    assert.equal(await completeAnswers(db, later), 1);
    assert.match((await pay("first")).body, /"state":"failed".*"order_status":"pending"/);
  });
});
