import assert from "node:assert/strict";
import type pg from "pg";
import { numberAppended } from "../../src/events/event-queries.ts";
import { tellCustomers } from "../../src/notifications/tell-customers.ts";
import { hearChargeback } from "../../src/orders/hear-chargeback.ts";
import { hearRefund } from "../../src/orders/hear-refund.ts";
import { hearRefundFailure } from "../../src/orders/hear-refund-failure.ts";
import { cancelOrder, type LetterKind, settlePayments, settleRefund } from "../../src/orders/index.ts";
import { drawOrderIds } from "../../src/orders/order-queries.ts";
import { noOrigin } from "../../src/orders/origin.ts";
import { placeOrders } from "../../src/orders/place-orders.ts";
import { requestRefund } from "../../src/orders/request-refund.ts";
import type { Db, Tx } from "../../src/platform/db.ts";
import { ask } from "./ask.ts";
import { asSuperuser, joinCluster } from "./cluster.ts";
import { by, givenOrder, newOrder, noon, policy } from "./given-orders.ts";
import { placePurchases } from "./place-purchases.ts";

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
  recorded: 10n,
  elsewhere: 11n,
  waiting: 12n,
  quiet: 13n,
  bought: 14n,
  onPage: 15n,
  declined: 16n,
  left: 17n,
  givenBack: 18n,
} as const;

const mailbox = { name: "mailbox", sender: { name: "Shop", address: "shop@example.com" } } as const;

/** Orders in every state, with everything that they leave when nothing is under way any more, as the verbs write it. */
export async function givenBooks(db: Db): Promise<void> {
  await db.transaction(placeAll);
  await db.transaction(giveBack);
  await db.transaction(takeBack);
  await db.transaction(keepImport);
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
  await placeFromElsewhere(tx);
  await placePurchases(tx);
}

const imported = {
  ...noOrigin,
  source: "old shop",
  importId: "019ab111-0000-7000-8000-00000000cafe",
  csvSource: "orders.csv",
  orderedAt: noon,
};

/** An order of each kind that comes from a file or a batch: paid elsewhere, paid and given back there, waiting, quiet. */
async function placeFromElsewhere(tx: Tx): Promise<void> {
  const ids = await drawOrderIds(tx, { count: 4 });
  assert.deepEqual(
    ids.map((row) => row.orderId),
    [booked.recorded, booked.elsewhere, booked.waiting, booked.quiet],
  );
  const origin = (row: number) => ({ ...imported, externalReference: `R-${row}`, importRow: row });
  const paid = { kind: "recorded", reference: "wire-10", paidAt: new Date("2026-10-01T00:00:00Z") } as const;
  await placeOrders(
    tx,
    [
      { ...newOrder(booked.recorded), payment: paid, origin: origin(1) },
      { ...newOrder(booked.elsewhere), payment: { ...paid, reference: null }, origin: origin(3), notify: false },
      { ...newOrder(booked.waiting), payment: { kind: "none" }, origin: { ...noOrigin, batchId: imported.importId } },
      {
        ...newOrder(booked.quiet, { lines: [{ quantity: 1n, unitPriceMinor: 0n }] }),
        customerEmail: "",
        payment: { kind: "none" },
        origin: origin(4),
      },
    ],
    policy,
    noon,
  );
  const orderId = booked.elsewhere;
  const recorded = { reference: "wire-back-11", givenAt: noon, by };
  await requestRefund(tx, { orderId, amountMinor: 100n, reason: "broken", recorded }, policy, noon);
  await cancelOrder(tx, { orderId, reason: "CUSTOMER_REQUESTED", by }, policy, noon);
  const answer = { outcome: "failed", reason: "paid_elsewhere" } as const;
  await settleRefund(tx, { orderId, refund: 2, answer, by }, policy, noon);
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
  for (const orderId of [booked.cancelled, booked.surplus, booked.givenBack]) {
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

/** The file that they came in: rows 1 to 4, the second of them left out. */
async function keepImport(tx: Tx): Promise<void> {
  await ask(
    tx,
    `insert into imports.imports
       (uid, source, name, status, options, bytes, content_hash, options_hash, generation, rows_read, rows_dropped, rows_placed,
        orders_read, orders_dropped, orders_placed, created_by, created_at, updated_at, ended_at)
     values ($1::uuid, $2, $3, 'completed', '{}', 100, 'books', 'books', 1, 4, 1, 3, 4, 1, 3, 'ann', now(), now(), now())`,
    [imported.importId, imported.source, imported.csvSource],
  );
  await ask(
    tx,
    `insert into imports.import_orders (import_id, order_no, rows, live_rows, order_id, exception)
     select import_id, row_no, 1, case when order_id is null then 0 else 1 end, order_id,
            case when order_id is null then 'dropped' end
       from imports.imports
      cross join (values (1, 10), (2, null), (3, 11), (4, 13)) as rows (row_no, order_id)`,
  );
  await ask(
    tx,
    `insert into imports.import_rows (import_id, row_no, order_no, line, dropped, raw)
     select import_id, order_no, order_no, order_no + 1, exception is not null, 'R' from imports.import_orders`,
  );
}

async function keepSandboxBooks(tx: Tx): Promise<void> {
  await ask(
    tx,
    `insert into payments.sandbox_payments
       (order_id, idempotency_key, payment_id, status, amount_minor, currency, created_at)
     select order_id, key, entries.reference, 'succeeded', entries.amount_minor, entries.currency, recorded_at
       from payments.money_entries as entries join payments.payment_attempts using (order_id, attempt)
      where kind = 'capture' and entries.gateway = 'sandbox'`,
  );
  await ask(
    tx,
    `insert into payments.sandbox_refunds
       (order_id, idempotency_key, refund_id, payment_id, amount_minor, currency, created_at)
     select order_id, reference, reference, 'pay-' || order_id, amount_minor, currency, recorded_at
       from payments.money_entries
      where kind = 'refund' and gateway = 'sandbox'`,
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

/** Lets a superuser of the cluster work on a database: no trigger fires for it, no foreign key is looked at. */
async function asForce<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const { superuserUrl } = await joinCluster();
  const force = new URL(superuserUrl);
  force.pathname = new URL(url).pathname;
  return asSuperuser(force.href, async (client: pg.Client) => {
    await client.query("set session_replication_role = replica");
    return work(client);
  });
}

/** Changes a database as nothing of ours could. */
export async function forceOn(url: string, statements: string): Promise<void> {
  await asForce(url, (client) => client.query(statements));
}

export interface Asked {
  readonly id: string;
  readonly sql: string;
}

/** What invariants find after a change as nothing of ours could make it; the change is undone. */
export function findAfter(
  url: string,
  statements: string,
  invariants: readonly Asked[],
): Promise<{ id: string; what: string }[]> {
  return asForce(url, async (client) => {
    await client.query("begin");
    await client.query(statements);
    const found: { id: string; what: string }[] = [];
    for (const { id, sql } of invariants) {
      const { rows } = await client.query<{ what: string }>(sql);
      found.push(...rows.map(({ what }) => ({ id, what })));
    }
    await client.query("rollback");
    return found;
  });
}
