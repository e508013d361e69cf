import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startFakeGateway } from "../../test/fakes/fake-gateway.ts";
import { ask } from "../../test/support/ask.ts";
import { assertVerified } from "../../test/support/check-books.ts";
import { testDatabase } from "../../test/support/database.ts";
import { by, newOrder, noon, policy } from "../../test/support/given-orders.ts";
import { numberAppended } from "../events/event-queries.ts";
import { paymentServiceGateway } from "../payments/payment-service-client.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { cancelOrder } from "./cancel-order.ts";
import { type Counter, openPaymentDesk } from "./payment-desk-flow.ts";
import { placeOrders } from "./place-orders.ts";
import { refundPayment } from "./refund-payment.ts";
import { payBack } from "./refund-payment-flow.ts";
import { requestRefund } from "./request-refund.ts";
import { tellCustomer } from "./tell-customer.ts";

const keyless = await startFakeGateway({ keys: "ignored" });
after(() => keyless.stop());

let orders = 0;

/** A paid order of 300 with two refunds of 100 promised, at a service that ignores keys and tells none. */
async function givenTwoAlike(): Promise<{ counter: Counter; orderId: bigint }> {
  const { db } = await testDatabase();
  await prepareJobs(db, [tellCustomer, refundPayment]);
  // The service has books of its own, in which each test's order is another one.
  orders += 1;
  await ask(db, "select setval('orders.order_ids', $1)", [BigInt(orders * 1_000)]);
  const options = { url: keyless.url, token: "", timeoutMs: 10_000, keysHonoured: false };
  const counter = { db, gateway: paymentServiceGateway(options), clock: { now: () => noon }, policy };
  const { orderId: _orderId, uid: _uid, ...asked } = newOrder(1n);
  const payment = { kind: "charge", gateway: counter.gateway.name } as const;
  const placed = await openPaymentDesk(counter).placeAndPay({ ...asked, payment });
  assert.ok("order" in placed);
  const { orderId, status } = placed.order;
  assert.equal(status, "paid");
  for (const reason of ["first", "second"])
    await db.transaction((tx) => requestRefund(tx, { orderId, amountMinor: 100n, reason }, policy, noon));
  return { counter, orderId };
}

/** Runs the jobs until they are through, as the job system does. */
async function payBackBoth(counter: Counter, orderId: bigint): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1)
    await Promise.allSettled([1, 2].map((refund) => payBack(counter, { orderId, refund }, 1)));
}

async function assertBothWentBack({ db }: Counter, orderId: bigint): Promise<void> {
  const given = keyless.ledger().filter((entry) => entry.kind === "refund" && entry.orderId === String(orderId));
  const refunds = await ask(db, "select state, reference from payments.refunds order by refund");
  assert.deepEqual(
    refunds.map(({ state }) => state),
    ["succeeded", "succeeded"],
  );
  assert.deepEqual(refunds.map(({ reference }) => reference).sort(), given.map(({ reference }) => reference).sort());
  assert.deepEqual(await ask(db, "select refunding_minor, refunded_minor from orders.orders"), [
    { refundingMinor: 0n, refundedMinor: 200n },
  ]);
  assert.deepEqual(await ask(db, "select kind from tasks.tasks"), []);
}

describe("payBack, at a service that ignores keys", () => {
  test("gives back two parts of one amount, one after the other", async () => {
    const { counter, orderId } = await givenTwoAlike();
    for (const refund of [1, 2]) await payBack(counter, { orderId, refund }, 1);
    await assertBothWentBack(counter, orderId);
  });

  test("gives back two parts of one amount at once, and neither twice", async () => {
    const { counter, orderId } = await givenTwoAlike();
    await payBackBoth(counter, orderId);
    await assertBothWentBack(counter, orderId);
  });

  test("finds both again when their replies are lost", async () => {
    const { counter, orderId } = await givenTwoAlike();
    await keyless.say({ kind: "effect-then-drop", on: "refund", orderId, times: 2 });
    await payBackBoth(counter, orderId);
    await assertBothWentBack(counter, orderId);
  });
});

describe("payBack, of what was paid elsewhere", () => {
  test("asks no gateway: the refund has failed, and a person is told why", async () => {
    const { db, url } = await testDatabase();
    await prepareJobs(db, [tellCustomer, refundPayment]);
    const refuse = () => assert.fail("The gateway was asked.");
    const gateway = { name: "recorded", keysAreSafe: true, charge: refuse, findCharge: refuse, refund: refuse };
    const counter = { db, gateway: { ...gateway, close: async () => {} }, clock: { now: () => noon }, policy };
    const order = { ...newOrder(1n), payment: { kind: "recorded", reference: "wire-1", paidAt: noon } as const };
    await db.transaction((tx) => placeOrders(tx, [{ ...order, notify: false }], policy, noon));
    await db.transaction((tx) => cancelOrder(tx, { orderId: 1n, reason: "CUSTOMER_REQUESTED", by }, policy, noon));
    await payBack(counter, { orderId: 1n, refund: 1 }, 1);

    assert.deepEqual(await ask(db, "select state, failure from payments.refunds"), [
      { state: "failed", failure: "paid_elsewhere" },
    ]);
    assert.deepEqual(await ask(db, "select kind, detail ->> 'reason' as reason from tasks.tasks"), [
      { kind: "refund_failed", reason: "paid_elsewhere" },
    ]);
    await ask(db, "delete from graphile_worker._private_jobs");
    await db.transaction((tx) => numberAppended(tx, {}));
    await assertVerified(url);
  });
});
