import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { newOrder, noon, policy } from "../../test/support/given-orders.ts";
import type { ChargeAnswer, ChargeRequest, Gateway } from "../payments/index.ts";
import { sandboxGateway } from "../payments/sandbox-client.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { cancelOrder } from "./cancel-order.ts";
import type { OrderWithItems } from "./order.ts";
import { type DeskAnswer, type OrderRequest, openPaymentDesk } from "./payment-desk-flow.ts";
import { reconcilePayments } from "./reconcile-payments-flow.ts";
import { refundPayment } from "./refund-payment.ts";
import { payBack } from "./refund-payment-flow.ts";
import { requestRefund } from "./request-refund.ts";
import { tellCustomer } from "./tell-customer.ts";

/** A clock that stands still until it is moved. */
function handClock(): Clock & { move(ms: number): void } {
  let now = noon.getTime();
  return {
    now: () => new Date(now),
    move(ms) {
      now += ms;
    },
  };
}

function request(wanted: Parameters<typeof newOrder>[1] = {}): OrderRequest {
  const { orderId: _orderId, uid: _uid, ...asked } = newOrder(1n, wanted);
  return asked;
}

function orderOf(answer: DeskAnswer): OrderWithItems {
  assert.ok("order" in answer);
  return answer.order;
}

async function openDesk(wrap: (sandbox: Gateway) => Gateway = (sandbox) => sandbox) {
  const { db } = await testDatabase();
  await prepareJobs(db, [tellCustomer, refundPayment]);
  const clock = handClock();
  const gateway = wrap(sandboxGateway(db, clock, { timeoutMs: 50 }));
  const counter = { db, gateway, clock, policy };
  return { db, clock, counter, desk: openPaymentDesk(counter) };
}

const chargesOf = (db: Db) =>
  ask<{ orderId: bigint; charges: bigint }>(
    db,
    "select order_id, count(*) as charges from payments.sandbox_payments where status = 'succeeded' group by 1",
  );

describe("the payment desk", () => {
  test("places and pays many orders that come together, each with its own answer", async () => {
    const { db, desk } = await openDesk();
    const emails = Array.from({ length: 300 }, (_, index) => `shopper-${index}@example.com`);
    const answers = await Promise.all(emails.map((email) => desk.placeAndPay(request({ email }))));
    const orders = answers.map(orderOf);
    assert.deepEqual(
      orders.map((order) => order.customerEmail),
      emails,
    );
    assert.ok(orders.every((order) => order.status === "paid"));
    assert.equal(new Set(orders.map((order) => order.orderId)).size, 300);
    const charges = await chargesOf(db);
    assert.equal(charges.length, 300);
    assert.ok(charges.every((row) => row.charges === 1n));
  });

  test("lets a bad order fail alone among its neighbours", async () => {
    const { db, desk } = await openDesk();
    const bad = { ...request({ email: "bad@example.com" }), locale: "\u0000" };
    const outcomes = await Promise.allSettled([
      desk.placeAndPay(request()),
      desk.placeAndPay(bad),
      desk.placeAndPay(request()),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    const [counted] = await ask(db, "select count(*)::int as orders from orders.orders");
    assert.deepEqual(counted, { orders: 2 });
  });

  test("uses a key once among requests that come together, and answers the others with its row", async () => {
    const { db, desk } = await openDesk();
    const claim = { principal: "key-1", key: "k", fingerprint: "f" };
    const keyed = { claim, answer: (order: OrderWithItems) => ({ status: 201, body: `${order.orderId}` }) };
    const answers = await Promise.all(Array.from({ length: 20 }, () => desk.placeAndPay(request(), keyed)));
    assert.equal(answers.filter((answer) => "order" in answer).length, 1);
    const [counted] = await ask(db, "select count(*)::int as orders from orders.orders");
    assert.deepEqual(counted, { orders: 1 });
    const after = await desk.placeAndPay(request(), keyed);
    assert.ok("used" in after);
    assert.equal(after.used.answerStatus, 201);
    assert.equal(after.used.answerBody, String(after.used.orderId));
  });

  for (const together of [true, false]) {
    test(`answers two orders that are told the same payment, ${together ? "at once" : "one after the other"}`, async () => {
      const { db, desk } = await openDesk((sandbox) => ({
        ...sandbox,
        charge: async ({ amountMinor, currency }) =>
          ({ outcome: "paid", reference: "hand.elsewhere", amountMinor, currency }) as const,
      }));
      const place = async () => orderOf(await desk.placeAndPay(request())).status;
      const statuses = together ? await Promise.all([place(), place()]) : [await place(), await place()];
      assert.deepEqual(statuses.sort(), ["paid", "payment_processing"]);
      const held = await ask(
        db,
        `select suspense.reference, suspense.kind, tasks.kind as task
           from payments.suspense join tasks.tasks on tasks.cause = task_cause and tasks.order_id = suspense.order_id`,
      );
      assert.deepEqual(held, [{ reference: "hand.elsewhere", kind: "capture", task: "payment_unexpected" }]);
      // The second run knows; a set that has both in it needs none.
      assert.ok(db.load().repeated <= 1, `${db.load().repeated} runs were repeated.`);
    });
  }

  for (const [localPart, status] of [
    ["card-declined", "pending"],
    ["loses-reply", "payment_processing"],
    ["times-out", "payment_processing"],
    ["pays-late", "payment_processing"],
  ] as const) {
    test(`answers ${status} for the test customer ${localPart}`, async () => {
      const { desk } = await openDesk();
      const answer = await desk.placeAndPay(request({ email: `${localPart}@example.com` }));
      assert.equal(orderOf(answer).status, status);
    });
  }
});

describe("reconcilePayments", () => {
  for (const localPart of ["loses-reply", "times-out", "pays-late"]) {
    test(`settles what ${localPart} left open, charging once`, async () => {
      const { db, clock, counter, desk } = await openDesk();
      const order = orderOf(await desk.placeAndPay(request({ email: `${localPart}@example.com` })));
      assert.equal(await reconcilePayments(counter, desk), 0, "nothing is due yet");
      for (let round = 0; round < 3; round += 1) {
        clock.move(60_000);
        await reconcilePayments(counter, desk);
      }
      const [found] = await ask(db, `select status from orders.orders where order_id = ${order.orderId}`);
      // Nobody charges a customer that always times out: the outcome stays open, and nothing is pretended.
      assert.deepEqual(found, { status: localPart === "times-out" ? "payment_processing" : "paid" });
      const charges = await chargesOf(db);
      assert.deepEqual(charges, localPart === "times-out" ? [] : [{ orderId: order.orderId, charges: 1n }]);
    });
  }

  test("asks again with the same key for an intent that its process left behind", async () => {
    const keys: string[] = [];
    let dead = true;
    const { clock, counter, desk } = await openDesk((sandbox) => ({
      ...sandbox,
      charge(asked: ChargeRequest): Promise<ChargeAnswer> {
        keys.push(asked.key);
        if (dead) return new Promise(() => {});
        return sandbox.charge(asked);
      },
    }));
    void desk.placeAndPay(request());
    while (keys.length === 0) await new Promise((resolve) => setImmediate(resolve));
    dead = false;
    clock.move(policy.firstCheckMs);
    assert.equal(await reconcilePayments(counter, desk), 1);
    const [first, second] = keys;
    assert.equal(keys.length, 2);
    assert.equal(first, second);
    const [found] = await ask(counter.db, "select status, captured_minor from orders.orders");
    assert.deepEqual(found, { status: "paid", capturedMinor: 300n });
  });

  test("gives up a payment that the gateway never has, though it may be asked for again", async () => {
    const { db, clock, counter, desk } = await openDesk();
    const order = orderOf(await desk.placeAndPay(request({ email: "times-out@example.com" })));
    const statuses: unknown[] = [];
    for (let round = 0; round < 10; round += 1) {
      clock.move(600_000);
      await reconcilePayments(counter, desk);
      const [found] = await ask<{ status: string }>(
        db,
        `select status from orders.orders where order_id = ${order.orderId}`,
      );
      statuses.push(found?.status);
    }
    assert.deepEqual(statuses.slice(0, 7), Array(7).fill("payment_processing"));
    assert.equal(statuses.at(-1), "pending");
    assert.deepEqual(await chargesOf(db), []);
  });

  test("gives up, after a quarter of an hour, a payment that must not be asked for twice", async () => {
    const { clock, counter, desk } = await openDesk((sandbox) => ({
      ...sandbox,
      keysAreSafe: false,
      charge: async () => ({ outcome: "unknown", reason: "the connection broke" }),
    }));
    const order = orderOf(await desk.placeAndPay(request()));
    for (const [minutes, status] of [
      [10, "payment_processing"],
      [6, "pending"],
    ] as const) {
      clock.move(minutes * 60_000);
      await reconcilePayments(counter, desk);
      const [found] = await ask(counter.db, `select status from orders.orders where order_id = ${order.orderId}`);
      assert.deepEqual(found, { status });
    }
  });
});

describe("payBack", () => {
  test("gives promised money back once, however often it runs", async () => {
    const { db, counter, desk } = await openDesk();
    const { orderId } = orderOf(await desk.placeAndPay(request()));

    const cancel = { orderId, reason: "CUSTOMER_REQUESTED", by: { actor: "test", cause: "test" } } as const;
    await db.transaction((tx) => cancelOrder(tx, cancel, policy, noon));
    await Promise.all([payBack(counter, { orderId, refund: 1 }, 1), payBack(counter, { orderId, refund: 1 }, 1)]);
    await payBack(counter, { orderId, refund: 1 }, 2);
    const books = await ask(
      db,
      "select count(*)::int as refunds, sum(amount_minor)::bigint as back from payments.sandbox_refunds",
    );
    assert.deepEqual(books, [{ refunds: 1, back: 300n }]);
    const [order] = await ask(db, "select refunding_minor, refunded_minor from orders.orders");
    assert.deepEqual(order, { refundingMinor: 0n, refundedMinor: 300n });
  });

  test("asks nobody but the gateway that took the money", async () => {
    const { db, counter, desk } = await openDesk();
    const { orderId } = orderOf(await desk.placeAndPay(request()));
    await db.transaction((tx) => requestRefund(tx, { orderId, amountMinor: 1n, reason: "broken" }, policy, noon));
    const other = { ...counter, gateway: { ...counter.gateway, name: "http" } };
    await assert.rejects(payBack(other, { orderId, refund: 1 }, 1), /sandbox is not configured/);
    assert.deepEqual(await ask(db, "select 1 from payments.sandbox_refunds"), []);
    await payBack(counter, { orderId, refund: 1 }, 2);
    assert.deepEqual(await ask(db, "select amount_minor from payments.sandbox_refunds"), [{ amountMinor: 1n }]);
  });

  test("fails while the outcome is unknown, and opens one task after some tries", async () => {
    const { db, counter, desk } = await openDesk((sandbox) => ({
      ...sandbox,
      refund: async () => ({ outcome: "unknown", reason: "no answer" }),
    }));
    const { orderId } = orderOf(await desk.placeAndPay(request()));

    const cancel = { orderId, reason: "CUSTOMER_REQUESTED", by: { actor: "test", cause: "test" } } as const;
    await db.transaction((tx) => cancelOrder(tx, cancel, policy, noon));
    for (const tries of [1, 5, 6]) await assert.rejects(payBack(counter, { orderId, refund: 1 }, tries), /no answer/);
    assert.deepEqual(await ask(db, "select kind from tasks.tasks"), [{ kind: "refund_unresolved" }]);
    const [order] = await ask(db, "select refunding_minor, refunded_minor from orders.orders");
    assert.deepEqual(order, { refundingMinor: 300n, refundedMinor: 0n });
  });
});
