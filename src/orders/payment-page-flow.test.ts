import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { givenPurchase } from "../../test/support/given-bought.ts";
import { by, noon, policy } from "../../test/support/given-orders.ts";
import { findAttempts, type Gateway } from "../payments/index.ts";
import { sandboxGateway } from "../payments/sandbox-client.ts";
import { getBoughtOrder } from "./find-shopper-orders.ts";
import type { OrderWithItems } from "./order.ts";
import { findOrders } from "./order-queries.ts";
import { type Counter, openPaymentDesk } from "./payment-desk-flow.ts";
import { attemptToPayForOrder } from "./payment-page-flow.ts";
import { reconcilePayments } from "./reconcile-payments-flow.ts";
import { refreshPayment } from "./refresh-payment-flow.ts";

const place = { returnUrl: () => "https://shop.example/back" };
const halfHourMs = 1_800_000;

async function givenCounter(wrap: (sandbox: Gateway) => Gateway = (sandbox) => sandbox) {
  const { db } = await testDatabase();
  let nowMs = noon.getTime();
  const clock = { now: () => new Date(nowMs) };
  const gateway = wrap(sandboxGateway(db, clock, { timeoutMs: 50, pagesAt: () => "https://shop.example" }));
  const counter = { db, gateway, clock, policy };
  const desk = openPaymentDesk(counter);
  const order = await db.transaction((tx) => givenPurchase(tx));
  return {
    db,
    counter,
    desk,
    order,
    pay: () => attemptToPayForOrder(counter, desk, { orderId: order.orderId, by, place }),
    pass(ms: number) {
      nowMs += ms;
    },
    /** The shopper pays on the page. */
    async payOnPage(sessionId: string, status = "succeeded") {
      await ask(
        db,
        `insert into payments.sandbox_payments
           (order_id, idempotency_key, payment_id, status, amount_minor, currency, failure, created_at)
         select order_id, idempotency_key, 'pay-' || session_id, '${status}', amount_minor, currency,
                ${status === "failed" ? "'card_declined'" : "null"}, now()
           from payments.sandbox_sessions where session_id = '${sessionId}'`,
      );
      await ask(db, `update payments.sandbox_sessions set status = 'decided' where session_id = '${sessionId}'`);
    },
    statusOf: async ({ orderId }: OrderWithItems = order) => (await findOrders(db, { orderIds: [orderId] }))[0]?.status,
    attempts: async () => findAttempts(db, { orderIds: [order.orderId] }),
  };
}

describe("attemptToPayForOrder", () => {
  test("answers the external session id and where the page is, and the same for two tabs", async () => {
    const { pay, attempts } = await givenCounter();
    const [one, other] = await Promise.all([pay(), pay()]);
    assert.match(one?.sessionId ?? "", /^cs_/);
    assert.equal(one?.url, `https://shop.example/sandbox/pay/${one?.sessionId}`);
    assert.deepEqual(one, other);
    const [attempt, ...others] = await attempts();
    assert.deepEqual([attempt?.sessionReference, attempt?.sessionUrl, others.length], [one?.sessionId, one?.url, 0]);
  });

  test("opens a new page when the last one was not paid in time", async () => {
    const { pay, pass, attempts, statusOf } = await givenCounter();
    const first = await pay();
    pass(halfHourMs);
    const second = await pay();
    assert.ok(second);
    assert.notEqual(second.sessionId, first?.sessionId);
    assert.deepEqual(
      (await attempts()).map(({ state, failure }) => [state, failure]),
      [
        ["failed", "session_expired"],
        ["processing", null],
      ],
    );
    assert.equal(await statusOf(), "payment_processing");
  });

  test("answers no page when the open one was paid meanwhile, and has the order paid", async () => {
    const { pay, payOnPage, statusOf } = await givenCounter();
    await payOnPage((await pay())?.sessionId ?? "");
    assert.equal(await pay(), undefined);
    assert.equal(await statusOf(), "paid");
    await assert.rejects(pay(), { code: "order.cannot_move" });
  });

  test("charges at once where the gateway has no pages", async () => {
    const { pay, statusOf, db, order } = await givenCounter(({ openSession: _none, ...gateway }) => gateway);
    await ask(db, `update payments.payment_attempts set hosted = false where order_id = ${order.orderId}`);
    await ask(db, `update payments.payment_attempts set state = 'failed', check_at = null`);
    await ask(db, `update orders.orders set status = 'pending', expires_at = now() where order_id = ${order.orderId}`);
    assert.equal(await pay(), undefined);
    assert.equal(await statusOf(), "paid");
  });

  test("leaves the order to be tried again when the gateway cannot be asked", async () => {
    let isAway = true;
    const { pay, statusOf, attempts } = await givenCounter((sandbox) => ({
      ...sandbox,
      openSession: async (request) =>
        isAway ? { outcome: "unknown", reason: "away" } : (sandbox.openSession?.(request) ?? { outcome: "over" }),
    }));
    assert.equal(await pay(), undefined);
    assert.equal(await statusOf(), "payment_processing");
    isAway = false;
    assert.match((await pay())?.sessionId ?? "", /^cs_/);
    assert.equal((await attempts()).length, 1);
  });

  test("ends the attempt when the gateway refuses a page", async () => {
    const { pay, statusOf } = await givenCounter((sandbox) => ({
      ...sandbox,
      openSession: async () => ({ outcome: "failed", reason: "no" }),
    }));
    assert.equal(await pay(), undefined);
    assert.equal(await statusOf(), "pending");
  });
});

async function refresh(counter: Counter, { orderId }: OrderWithItems): Promise<void> {
  await refreshPayment(counter, await getBoughtOrder(counter.db, orderId));
}

describe("refreshPayment", () => {
  test("has the order paid when the shopper is back before the webhook, once", async () => {
    const { pay, payOnPage, counter, order, statusOf, db } = await givenCounter();
    await payOnPage((await pay())?.sessionId ?? "");
    await Promise.all(Array.from({ length: 8 }, () => refresh(counter, order)));
    assert.equal(await statusOf(), "paid");
    const [{ captures } = { captures: 0n }] = await ask<{ captures: bigint }>(
      db,
      "select count(*) as captures from payments.money_entries",
    );
    assert.equal(captures, 1n);
  });

  test("writes nothing while nobody paid, however often the page is looked at", async () => {
    const { pay, counter, order, attempts } = await givenCounter();
    await pay();
    const before = await attempts();
    for (let times = 0; times < 12; times += 1) await refresh(counter, order);
    assert.deepEqual(await attempts(), before);
  });

  test("lets the order be paid again after a card that was declined", async () => {
    const { pay, payOnPage, counter, order, statusOf } = await givenCounter();
    await payOnPage((await pay())?.sessionId ?? "", "failed");
    await refresh(counter, order);
    assert.equal(await statusOf(), "pending");
  });
});

describe("reconcilePayments, of pages", () => {
  test("settles what was paid and nobody told of", async () => {
    const { pay, payOnPage, counter, desk, pass, statusOf } = await givenCounter();
    await payOnPage((await pay())?.sessionId ?? "");
    pass(policy.firstCheckMs);
    assert.equal(await reconcilePayments(counter, desk), 1);
    assert.equal(await statusOf(), "paid");
  });

  test("ends a page that nobody paid in time, and one that was never opened, and charges nobody", async () => {
    const { pay, counter, desk, pass, statusOf, db } = await givenCounter();
    const never = await db.transaction((tx) => givenPurchase(tx));
    await pay();
    pass(policy.firstCheckMs);
    await reconcilePayments(counter, desk);
    assert.deepEqual([await statusOf(), await statusOf(never)], ["payment_processing", "payment_processing"]);
    pass(halfHourMs);
    await reconcilePayments(counter, desk);
    assert.deepEqual([await statusOf(), await statusOf(never)], ["pending", "pending"]);
    assert.equal((await ask(db, "select from payments.sandbox_payments")).length, 0);
  });
});
