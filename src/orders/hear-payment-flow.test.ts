import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { by, newOrder, noon, policy } from "../../test/support/given-orders.ts";
import type { ChargeAnswer, Gateway } from "../payments/index.ts";
import { sandboxGateway } from "../payments/sandbox-client.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { hearPayment, type PaymentNews } from "./hear-payment-flow.ts";
import { openPaymentDesk } from "./payment-desk-flow.ts";
import { refundPayment } from "./refund-payment.ts";
import { tellCustomer } from "./tell-customer.ts";

async function openCounter(changed: Partial<Gateway> = {}) {
  const { db } = await testDatabase();
  await prepareJobs(db, [tellCustomer, refundPayment]);
  const clock = { now: () => noon };
  const gateway = { ...sandboxGateway(db, clock, { timeoutMs: 50 }), ...changed };
  const counter = { db, gateway, clock, policy };
  return { db, counter, desk: openPaymentDesk(counter) };
}

type Opened = Awaited<ReturnType<typeof openCounter>>;

/** An order whose payment was charged, while nobody here heard how it is called. */
async function givenUnheard({ db, desk }: Opened): Promise<{ orderId: bigint; reference: string }> {
  const {
    orderId: _orderId,
    uid: _uid,
    gateway: _gateway,
    ...asked
  } = newOrder(1n, { email: "loses-reply@example.com" });
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

const paid = (orderId: bigint, reference: string): PaymentNews => ({
  orderId,
  answer: { outcome: "paid", reference, amountMinor: 300n, currency: "USD" },
  by,
});

async function statusOf({ db }: Opened, orderId: bigint): Promise<unknown> {
  const [order] = await ask<{ status: string }>(db, `select status from orders.orders where order_id = ${orderId}`);
  return order?.status;
}

describe("hearPayment", () => {
  test("pays an order by the webhook of its own payment, whose name nobody here knew", async () => {
    const opened = await openCounter();
    const { orderId, reference } = await givenUnheard(opened);
    assert.equal(await hearPayment(opened.counter, opened.desk, paid(orderId, reference)), "paid");
    assert.equal(await hearPayment(opened.counter, opened.desk, paid(orderId, reference)), "duplicate");
    assert.equal(await statusOf(opened, orderId), "paid");
  });

  for (const outcome of ["paid", "failed"] as const) {
    test(`leaves an order as it is when another order's payment is told to it as ${outcome}, and opens a task`, async () => {
      const opened = await openCounter();
      const [mine, others] = [await givenUnheard(opened), await givenUnheard(opened)];
      const told = paid(mine.orderId, others.reference);
      const failed = { outcome, failure: "processing_error", reference: others.reference } as const;
      const news = outcome === "paid" ? told : { ...told, answer: { ...failed, outcome: "failed" as const } };
      assert.equal(await hearPayment(opened.counter, opened.desk, news), "unexpected");
      assert.equal(await statusOf(opened, mine.orderId), "payment_processing");
      assert.deepEqual(await ask(opened.db, "select kind from tasks.tasks"), [{ kind: "payment_unexpected" }]);
      assert.equal(await hearPayment(opened.counter, opened.desk, paid(others.orderId, others.reference)), "paid");
      assert.equal(await hearPayment(opened.counter, opened.desk, paid(mine.orderId, mine.reference)), "paid");
    });
  }

  test("pays nothing when the amount told is not that of the attempt", async () => {
    const opened = await openCounter();
    const { orderId, reference } = await givenUnheard(opened);
    const wrong = { ...paid(orderId, reference).answer, amountMinor: 299n } as PaymentNews["answer"];
    assert.equal(await hearPayment(opened.counter, opened.desk, { orderId, answer: wrong, by }), "mismatched");
    assert.equal(await statusOf(opened, orderId), "payment_processing");
  });

  test("asks to be told again while the payment cannot be looked up", async () => {
    const unknown: ChargeAnswer = { outcome: "unknown", reason: "away" };
    const opened = await openCounter({ findCharge: async () => unknown });
    const { orderId, reference } = await givenUnheard(opened);
    const heard = hearPayment(opened.counter, opened.desk, paid(orderId, reference));
    await assert.rejects(heard, { code: "order.payment_unconfirmed", extras: { retryAfterSeconds: 30 } });
    assert.equal(await statusOf(opened, orderId), "payment_processing");
  });

  test("says that there is no such order", async () => {
    const opened = await openCounter();
    assert.equal(await hearPayment(opened.counter, opened.desk, paid(987_654n, "pay-1")), "no_order");
  });
});
