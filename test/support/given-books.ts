import type pg from "pg";
import { numberAppended } from "../../src/events/event-queries.ts";
import { tellCustomers } from "../../src/notifications/tell-customers.ts";
import { hearChargeback } from "../../src/orders/hear-chargeback.ts";
import { hearRefund } from "../../src/orders/hear-refund.ts";
import { hearRefundFailure } from "../../src/orders/hear-refund-failure.ts";
import { cancelOrder, type LetterKind, settlePayments, settleRefund } from "../../src/orders/index.ts";
import { requestRefund } from "../../src/orders/request-refund.ts";
import type { Db, Tx } from "../../src/platform/db.ts";
import { ask } from "./ask.ts";
import { asSuperuser, joinCluster } from "./cluster.ts";
import { by, givenOrder, noon, policy } from "./given-orders.ts";

/** The orders of the books, by their ids: the sequence of a fresh database begins at 1. */
const booked = {
  paid: 1n,
  shipped: 2n,
  delivered: 3n,
  cancelled: 4n,
  pending: 5n,
  free: 6n,
  processing: 7n,
  surplus: 8n,
  returned: 9n,
} as const;

const mailbox = { name: "mailbox", sender: { name: "Shop", address: "shop@example.com" } } as const;

/** Orders in every state, with everything that they leave when nothing is under way any more, as the verbs write it. */
export async function givenBooks(db: Db): Promise<void> {
  await db.transaction(placeAll);
  await db.transaction(giveBack);
  await db.transaction(takeBack);
  await db.transaction(keepSandboxBooks);
  await db.transaction(tellAll);
  await db.transaction((tx) => numberAppended(tx, {}));
  await db.transaction(finish);
}

async function placeAll(tx: Tx): Promise<void> {
  for (const status of ["paid", "shipped", "delivered", "cancelled", "pending"] as const)
    await givenOrder(tx, { status });
  await givenOrder(tx, { status: "paid", lines: [{ quantity: 1n, unitPriceMinor: 0n }] });
  const answer = { outcome: "pending", reference: "pay-7" } as const;
  await givenOrder(tx, {});
  await settlePayments(tx, [{ orderId: booked.processing, attempt: 1, answer, by }], policy, noon);
  await payTooLate(tx);
  await givenOrder(tx, { status: "paid" });
}

/** An attempt that was given up is paid after its order was cancelled. */
async function payTooLate(tx: Tx): Promise<void> {
  const orderId = booked.surplus;
  await givenOrder(tx, { status: "pending" });
  await cancelOrder(tx, { orderId, reason: "CUSTOMER_REQUESTED", by }, policy, noon);
  const answer = { outcome: "paid", reference: "pay-8", amountMinor: 300n, currency: "USD" } as const;
  await settlePayments(tx, [{ orderId, attempt: 1, answer, by }], policy, noon);
}

async function giveBack(tx: Tx): Promise<void> {
  for (const orderId of [booked.cancelled, booked.surplus]) {
    const answer = { outcome: "refunded", reference: `back-${orderId}` } as const;
    await settleRefund(tx, { orderId, refund: 1, answer, by }, policy, noon);
  }
}

/** A refund of ours that failed later, one that the gateway gave by itself, and what a bank took. */
async function takeBack(tx: Tx): Promise<void> {
  const orderId = booked.returned;
  await requestRefund(tx, { orderId, amountMinor: 100n, reason: "broken" }, policy, noon);
  const answer = { outcome: "refunded", reference: "back-9" } as const;
  await settleRefund(tx, { orderId, refund: 1, answer, by }, policy, noon);
  const news = { orderId, reference: "pay-9", currency: "USD", cause: "webhook 9" };
  await hearRefundFailure(tx, { ...news, refundReference: "back-9", amountMinor: 100n }, noon);
  await hearRefund(tx, { ...news, refundReference: "own-9", amountMinor: 50n }, noon);
  await hearChargeback(tx, { ...news, refundReference: "taken-9", amountMinor: 20n }, noon);
}

async function keepSandboxBooks(tx: Tx): Promise<void> {
  await ask(
    tx,
    `insert into payments.sandbox_payments
       (order_id, idempotency_key, payment_id, status, amount_minor, currency, created_at)
     select order_id, key, entries.reference, 'succeeded', entries.amount_minor, entries.currency, recorded_at
       from payments.money_entries as entries join payments.payment_attempts using (order_id, attempt)
      where kind = 'capture'`,
  );
  await ask(
    tx,
    `insert into payments.sandbox_refunds
       (order_id, idempotency_key, refund_id, payment_id, amount_minor, currency, created_at)
     select order_id, reference, reference, 'pay-' || order_id, amount_minor, currency, recorded_at
       from payments.money_entries
      where kind = 'refund'`,
  );
}

async function tellAll(tx: Tx): Promise<void> {
  const jobs = await ask<{ orderId: string; kind: LetterKind }>(
    tx,
    `select payload ->> 'orderId' as order_id, payload ->> 'kind' as kind
       from graphile_worker._private_jobs
      where payload ->> 'kind' is not null`,
  );
  const causes = jobs.map(({ orderId, kind }) => ({ orderId: BigInt(orderId), kind }));
  await tellCustomers(tx, causes, mailbox, noon);
}

/** The deadlines are the database's, so that the books are whole on whatever day they are looked at. */
async function finish(tx: Tx): Promise<void> {
  await ask(tx, "delete from graphile_worker._private_jobs");
  await ask(tx, "update orders.orders set expires_at = now() + interval '1 day' where expires_at is not null");
  await ask(tx, "update payments.payment_attempts set check_at = now() + interval '1 hour' where check_at is not null");
  await ask(
    tx,
    `insert into http.idempotency_keys
       (principal, key, fingerprint, order_id, answer_status, answer_body, created_at, answered_at)
     values ('ann', 'first', 'f', 1, 201, '{}', now(), now())`,
  );
}

/** Changes a database as nothing of ours could: no trigger fires, no foreign key is looked at. */
export async function forceOn(url: string, statements: string): Promise<void> {
  const { superuserUrl } = await joinCluster();
  const force = new URL(superuserUrl);
  force.pathname = new URL(url).pathname;
  await asSuperuser(force.href, async (client: pg.Client) => {
    await client.query("set session_replication_role = replica");
    await client.query(statements);
  });
}
