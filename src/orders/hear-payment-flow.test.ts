import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { by, newOrder, noon, policy } from "../../test/support/given-orders.ts";
import type { ChargeAnswer, Gateway } from "../payments/index.ts";
import { sandboxGateway } from "../payments/sandbox-client.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { openPaymentHearing, type PaymentNews } from "./hear-payment-flow.ts";
import { openPaymentDesk } from "./payment-desk-flow.ts";
import { refundPayment } from "./refund-payment.ts";
import { tellCustomer } from "./tell-customer.ts";

async function openCounter(changed: Partial<Gateway> = {}) {
  const { db } = await testDatabase();
  await prepareJobs(db, [tellCustomer, refundPayment]);
  const clock = { now: () => noon };
  const gateway = { ...sandboxGateway(db, clock, { timeoutMs: 50 }), ...changed };
  const counter = { db, gateway, clock, policy };
  const desk = openPaymentDesk(counter);
  const openHearing = (other: Partial<Gateway>) =>
    openPaymentHearing({ ...counter, gateway: { ...gateway, ...other } }, desk);
  return { db, desk, hear: openHearing({}), openHearing };
}

type Opened = Awaited<ReturnType<typeof openCounter>>;

/** An order whose payment was charged, while nobody here heard how it is called. */
async function givenUnheard({ db, desk }: Opened): Promise<{ orderId: bigint; reference: string }> {
  const { orderId: _orderId, uid: _uid, ...asked } = newOrder(1n, { email: "loses-reply@example.com" });
  const placed = await desk.placeAndPay(asked);
  assert.ok("order" in placed);
  const { orderId } = placed.order;
  const [row] = await ask<{ reference: string }>(
    db,
    `select payment_id as reference from payments.sandbox_payments where order_id = ${orderId}`,
  );
  assert.ok(row);
  return { orderId, reference: row.reference };
}

const paid = (orderId: bigint, reference: string, amountMinor = 300n): PaymentNews => ({
  orderId,
  gateway: "sandbox",
  told: true,
  answer: { outcome: "paid", reference, amountMinor, currency: "USD" },
  by,
});

const failed = (orderId: bigint, reference: string): PaymentNews => ({
  ...paid(orderId, reference),
  answer: { outcome: "failed", failure: "processing_error", reference },
});

async function statusOf({ db }: Opened, orderId: bigint): Promise<unknown> {
  const [order] = await ask<{ status: string }>(db, `select status from orders.orders where order_id = ${orderId}`);
  return order?.status;
}

describe("openPaymentHearing", () => {
  test("pays an order by the webhook of its own payment, whose name nobody here knew", async () => {
    const opened = await openCounter();
    const { orderId, reference } = await givenUnheard(opened);
    assert.equal(await opened.hear(paid(orderId, reference)), "paid");
    assert.equal(await opened.hear(paid(orderId, reference)), "duplicate");
    assert.equal(await statusOf(opened, orderId), "paid");
  });

  for (const news of [paid, failed]) {
    test(`changes nothing when another order's payment is told to it as ${news(1n, "").answer.outcome}`, async () => {
      const opened = await openCounter();
      const [mine, others] = [await givenUnheard(opened), await givenUnheard(opened)];
      assert.equal(await opened.hear(news(mine.orderId, others.reference)), "early");
      assert.equal(await statusOf(opened, mine.orderId), "payment_processing");
      assert.equal(await opened.hear(paid(others.orderId, others.reference)), "paid");
      assert.equal(await opened.hear(news(mine.orderId, others.reference)), "elsewhere");
      assert.equal(await opened.hear(paid(mine.orderId, mine.reference)), "paid");
    });
  }

  for (const [what, wrong] of [
    ["amount", { amountMinor: 299n }],
    ["currency", { currency: "EUR" }],
  ] as const) {
    test(`keeps the money in suspense when the ${what} told is not that of the attempt`, async () => {
      const opened = await openCounter();
      const { orderId, reference } = await givenUnheard(opened);
      const news = paid(orderId, reference);
      const told = { ...news, answer: { ...news.answer, ...wrong } as PaymentNews["answer"] };
      assert.equal(await opened.hear(told), "mismatched");
      assert.equal(await opened.hear(told), "mismatched");
      assert.equal(await statusOf(opened, orderId), "payment_processing");
      const held = await ask(
        opened.db,
        `select suspense.reference, amount_minor, currency, suspense.order_id, tasks.kind as task
           from payments.suspense join tasks.tasks on tasks.cause = suspense.task_cause`,
      );
      const said = { amountMinor: 300n, currency: "USD", ...wrong };
      assert.deepEqual(held, [{ reference, ...said, orderId, task: "payment_mismatch" }]);
    });
  }

  test("changes nothing while the payment cannot be looked up", async () => {
    const unknown: ChargeAnswer = { outcome: "unknown", reason: "away" };
    const opened = await openCounter({ findCharge: async () => unknown });
    const { orderId, reference } = await givenUnheard(opened);
    assert.equal(await opened.hear(paid(orderId, reference)), "unconfirmed");
    assert.equal(await statusOf(opened, orderId), "payment_processing");
  });

  test("believes the gateway that a payment was taken, when old news says that it failed", async () => {
    const opened = await openCounter();
    const { orderId, reference } = await givenUnheard(opened);
    assert.equal(await opened.hear(failed(orderId, reference)), "paid");
    assert.equal(await statusOf(opened, orderId), "paid");
  });

  test("is no news of another order's payment when our own answer came in while the gateway was asked", async () => {
    const opened = await openCounter();
    const { orderId, reference } = await givenUnheard(opened);
    const news = paid(orderId, reference);
    const gateway: Partial<Gateway> = {
      async findCharge() {
        await opened.desk.settle({ orderId, attempt: 1, answer: news.answer, by });
        return { outcome: "unknown", reason: "its reply was lost" };
      },
    };
    assert.equal(await opened.openHearing(gateway)(news), "duplicate");
    assert.equal(await statusOf(opened, orderId), "paid");
  });

  test("takes no payment of another gateway for an order's own", async () => {
    const opened = await openCounter();
    const { orderId, reference } = await givenUnheard(opened);
    assert.equal(await opened.hear({ ...paid(orderId, reference), gateway: "http" }), "early");
  });

  test("finds the attempt that a late payment was for, though a later one waits too", async () => {
    const opened = await openCounter();
    const { orderId, reference } = await givenUnheard(opened);
    await ask(
      opened.db,
      `insert into payments.payment_attempts
         (order_id, attempt, key, gateway, state, amount_minor, currency, check_at, created_at, updated_at)
       select order_id, 2, 'second', gateway, 'processing', amount_minor, currency, now(), now(), now()
         from payments.payment_attempts`,
    );
    assert.equal(await opened.hear(paid(orderId, reference)), "paid");
    const [attempt] = await ask(opened.db, "select state, reference from payments.payment_attempts where attempt = 1");
    assert.deepEqual(attempt, { state: "paid", reference });
  });

  test("says that there is no such order", async () => {
    const opened = await openCounter();
    assert.equal(await opened.hear(paid(987_654n, "pay-1")), "no_order");
  });
});
