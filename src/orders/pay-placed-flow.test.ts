import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { batchId, givenUnpaid, importId } from "../../test/support/given-batches.ts";
import { by, noon, policy } from "../../test/support/given-orders.ts";
import type { ChargeAnswer, ChargeRequest, Gateway } from "../payments/index.ts";
import { sandboxGateway } from "../payments/sandbox-client.ts";
import type { Db } from "../platform/db.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { cancelOrder } from "./cancel-order.ts";
import { payBatch } from "./pay-batch.ts";
import { payBatchOrders } from "./pay-batch-flow.ts";
import { type PayPlaced, payPlacedOrders } from "./pay-placed-flow.ts";
import { openPaymentDesk } from "./payment-desk-flow.ts";
import { refundPayment } from "./refund-payment.ts";
import { tellCustomer } from "./tell-customer.ts";

const emails = (count: number) => Array.from({ length: count }, (_, index) => `shopper-${index}@example.com`);
const notSent: ChargeAnswer = { outcome: "not_sent", reason: "it is left alone" };

/** The sandbox behind whatever a test puts before its charges. */
async function given(before: (request: ChargeRequest) => ChargeAnswer | undefined = () => undefined) {
  const { db } = await testDatabase();
  await prepareJobs(db, [tellCustomer, refundPayment, payBatch]);
  const clock = { now: () => noon };
  const sandbox = sandboxGateway(db, clock, { timeoutMs: 50 });
  const gateway: Gateway = { ...sandbox, charge: async (request) => before(request) ?? sandbox.charge(request) };
  const counter = { db, gateway, clock, policy };
  const desk = openPaymentDesk(counter);
  const pay = (asked: Partial<PayPlaced> = {}) =>
    payPlacedOrders(counter, desk, { of: { batchId }, by, pauseMs: 1, ...asked });
  return { db, counter, desk, pay };
}

/** How many orders there are of each kind: status, attempts, the newest one's failure, charges of the sandbox. */
async function kindsOf(db: Db): Promise<string[]> {
  const rows = await ask<{ kind: string; count: bigint }>(
    db,
    `select concat_ws(' ', status, attempts,
              (select failure from payments.payment_attempts as attempt
                where attempt.order_id = held.order_id and attempt.attempt = held.attempts),
              (select count(*) from payments.sandbox_payments as payment
                where payment.order_id = held.order_id and status = 'succeeded')) as kind, count(*)
       from orders.orders as held group by 1`,
  );
  return rows.map(({ kind, count }) => `${kind}: ${count}`).sort();
}

describe("payPlacedOrders", () => {
  test("has every order of a batch paid once, and nothing to do the second time", async () => {
    const { db, pay } = await given();
    await givenUnpaid(db, emails(120));
    const told: number[] = [];
    const ended = await pay({ onProgress: ({ paid }) => told.push(paid) });
    assert.deepEqual(ended, { paid: 120, declined: 0, unknown: 0, unasked: 0, stopped: false });
    assert.deepEqual([told.length, told.at(-1)], [5, 120]);
    assert.equal((await pay()).paid, 0);
    assert.deepEqual(await kindsOf(db), ["paid 1 1: 120"]);
  });

  test("has the orders of an import paid, and leaves those of others alone", async () => {
    const { db, pay } = await given();
    await givenUnpaid(db, emails(30), "import");
    await givenUnpaid(db, ["other@example.com"]);
    assert.equal((await pay({ of: { importId } })).paid, 30);
    assert.deepEqual(await kindsOf(db), ["paid 1 1: 30", "pending 0 0: 1"]);
  });

  test("leaves orders waiting whose payment is declined, and does not ask for them again", async () => {
    const { db, pay } = await given();
    await givenUnpaid(db, [...emails(2), "card-declined@example.com"]);
    assert.deepEqual(await pay(), { paid: 2, declined: 1, unknown: 0, unasked: 0, stopped: false });
    assert.deepEqual(await pay(), { paid: 0, declined: 0, unknown: 0, unasked: 0, stopped: false });
    assert.deepEqual(await kindsOf(db), ["paid 1 1: 2", "pending 1 card_declined 0: 1"]);
  });

  test("leaves to the reconciler what nobody knows", async () => {
    const { db, pay } = await given(({ customerEmail }) =>
      customerEmail === "shopper-0@example.com" ? { outcome: "unknown", reason: "a test" } : undefined,
    );
    await givenUnpaid(db, emails(3));
    assert.deepEqual(await pay(), { paid: 2, declined: 0, unknown: 1, unasked: 0, stopped: false });
    assert.deepEqual(await kindsOf(db), ["paid 1 1: 2", "payment_processing 1 0: 1"]);
  });

  test("waits for a gateway that is away for a while", async () => {
    let turnedAway = 60;
    const { db, pay } = await given(() => (turnedAway-- > 0 ? notSent : undefined));
    await givenUnpaid(db, emails(60));
    assert.deepEqual(await pay(), { paid: 60, declined: 0, unknown: 0, unasked: 0, stopped: false });
    const kinds = await kindsOf(db);
    assert.ok(
      kinds.every((kind) => /^paid \d 1: \d+$/.test(kind)),
      kinds.join(),
    );
  });

  test("gives up for now when the gateway stays away, and spares the tries of the orders that it asked for", async () => {
    let away = true;
    const { db, pay } = await given(() => (away ? notSent : undefined));
    await givenUnpaid(db, emails(100));
    const ended = await pay();
    assert.deepEqual([ended.paid, ended.unasked], [0, 50]);
    // Two pieces at once: each asks for all of its orders, then for one after the other, until one of them gives up.
    const tried = await kindsOf(db);
    assert.equal(tried[0], "pending 0 0: 50");
    assert.ok(
      tried.slice(1).every((kind) => /^pending [12] not_sent 0: \d+$/.test(kind)),
      tried.join(),
    );

    away = false;
    assert.equal((await pay()).paid, 100);
    const paid = await kindsOf(db);
    assert.equal(paid[0], "paid 1 1: 50");
    assert.ok(
      paid.slice(1).every((kind) => /^paid [23] 1: \d+$/.test(kind)),
      paid.join(),
    );
  });

  test("finishes what it began when it is stopped, and begins nothing more", async () => {
    const { db, pay } = await given();
    await givenUnpaid(db, emails(200));
    const ending = new AbortController();
    const ended = await pay({ signal: ending.signal, onProgress: () => ending.abort() });
    assert.equal(ended.stopped, true);
    assert.ok(ended.paid < 200);
    assert.deepEqual(await kindsOf(db), [`paid 1 1: ${ended.paid}`, `pending 0 0: ${200 - ended.paid}`]);
    assert.equal((await pay()).paid, 200 - ended.paid);
  });

  test("charges each order once when it runs twice at once", async () => {
    const { db, pay } = await given();
    await givenUnpaid(db, emails(150));
    const ended = await Promise.all([pay(), pay()]);
    assert.equal(
      ended.reduce((sum, { paid }) => sum + paid, 0),
      150,
    );
    assert.deepEqual(await kindsOf(db), ["paid 1 1: 150"]);
  });

  test("passes over orders that were cancelled meanwhile", async () => {
    const { db, pay } = await given();
    const [first] = await givenUnpaid(db, emails(2));
    const cancelled = { orderId: first?.orderId ?? 0n, reason: "CUSTOMER_REQUESTED", by } as const;
    await db.transaction((tx) => cancelOrder(tx, cancelled, policy, noon));
    assert.equal((await pay()).paid, 1);
    assert.deepEqual(await kindsOf(db), ["cancelled 0 0: 1", "paid 1 1: 1"]);
  });

  test("hears of it when the database refuses", async () => {
    const { db, pay } = await given();
    await givenUnpaid(db, emails(60));
    await ask(db, "alter table payments.payment_attempts add constraint none_more check (false) not valid");
    await assert.rejects(pay(), /none_more/);
    assert.deepEqual(await kindsOf(db), ["pending 0 0: 60"]);
  });
});

describe("payBatchOrders", () => {
  const job = { batchId, by: "test" };

  test("queues itself again when it is stopped", async () => {
    const { db, counter, desk } = await given();
    await givenUnpaid(db, emails(3));
    await payBatchOrders(counter, desk, job, AbortSignal.abort());
    const jobs = await ask(db, "select payload from graphile_worker._private_jobs");
    assert.deepEqual(jobs, [{ payload: job }]);
    assert.deepEqual(await kindsOf(db), ["pending 0 0: 3"]);
  });

  test("is done when every order was asked for", async () => {
    const { db, counter, desk } = await given();
    await givenUnpaid(db, ["card-declined@example.com", ...emails(2)]);
    await payBatchOrders(counter, desk, job, new AbortController().signal);
    assert.deepEqual(await kindsOf(db), ["paid 1 1: 2", "pending 1 card_declined 0: 1"]);
  });
});
