import assert from "node:assert/strict";
import { readInvariants } from "../../src/cli/read-invariants.ts";
import { verifyDatabase } from "../../src/cli/verify-database.ts";
import type { Sql } from "../../src/platform/db.ts";
import { ask } from "./ask.ts";
import { eventually } from "./eventually.ts";

/** What the databases of tests cannot keep: their clusters do without the disk. */
const notForTests = new Set(["I32"]);

/** The events of an order that was paid by its first attempt and whose customer was told. */
const paidStory = [
  "1 OrderCreated",
  "2 PaymentInitiated",
  "3 PaymentProcessed",
  "4 OrderConfirmed",
  "5 NotificationSent",
];

/** What is under way, by name; nothing is left when all are zero. */
const leftovers = `
  select (select count(*) from orders.orders where status = 'payment_processing') as payments,
         (select count(*) from graphile_worker._private_jobs) as jobs,
         (select count(*) from payments.refunds where state = 'requested') as refunds,
         (select count(*) from events.appended) as appended,
         (select count(*) from notifications.messages where state = 'queued') as letters`;

/** Returns when nothing is under way any more: every payment has its end, every letter was sent, the feed is whole. */
export async function untilDrained(sql: Sql): Promise<void> {
  let left = {};
  await eventually("nothing is under way", async () => {
    left = (await ask(sql, leftovers))[0] ?? {};
    return Object.values(left).every((count) => count === 0n);
  }).catch((error: Error) => {
    const counts = JSON.stringify(left, (_key, value) => (typeof value === "bigint" ? Number(value) : value));
    throw new Error(`${error.message} Left: ${counts}`, { cause: error });
  });
}

/** Fails unless every invariant holds, but those left out, on a database where nothing is under way. */
export async function assertVerified(url: string, leftOut: readonly string[] = []): Promise<void> {
  const ids = (await readInvariants()).map(({ id }) => id);
  const only = ids.filter((id) => !notForTests.has(id) && !leftOut.includes(id));
  const results = await verifyDatabase(url, { drained: true, only });
  assert.deepEqual(
    results.flatMap(({ id, violations }) => violations.map(({ what }) => `${id} ${what}`)),
    [],
  );
}

/** What the books of both sides hold of one order. */
export interface OrderBooks {
  readonly orderId: bigint;
  readonly status: string;
  readonly attempts: bigint;
  readonly captures: bigint;
  readonly charges: bigint;
  readonly mails: bigint;
  readonly story: readonly string[];
  readonly fed: readonly string[];
}

/** One row for each thing that the books hold; added up by order, so that many orders are read in one pass. */
const holdings = `
  select order_id, 'order' as kind, status as what, 0 as place from orders.orders
  union all select order_id, 'attempt', '', 0 from payments.payment_attempts
  union all select order_id, kind, '', 0 from payments.money_entries
  union all select order_id, 'charge', '', 0 from payments.sandbox_payments
  union all select order_id, 'mail', '', 0 from notifications.mails
  union all select stream_id, 'event', sequence || ' ' || type, sequence from events.events where stream_kind = 'order'
  union all select feed.stream_id, 'fed', feed.sequence || ' ' || type, position
              from events.feed join events.events using (stream_kind, stream_id, sequence) where stream_kind = 'order'`;

/** Reads the books of every order, by id. `charges` are the embedded payment service's, `fed` is what the feed tells. */
export function readBooks(sql: Sql): Promise<OrderBooks[]> {
  return ask<OrderBooks>(
    sql,
    `select order_id, max(what) filter (where kind = 'order') as status,
            count(*) filter (where kind = 'attempt') as attempts,
            count(*) filter (where kind = 'capture') as captures,
            count(*) filter (where kind = 'charge') as charges,
            count(*) filter (where kind = 'mail') as mails,
            array_agg(what order by place) filter (where kind = 'event') as story,
            array_agg(what order by place) filter (where kind = 'fed') as fed
       from (${holdings}) as holdings
      group by order_id
      order by order_id`,
  );
}

/** Fails unless an order was charged once, captured once, announced once and its customer told once. */
export function assertPaidOnce(books: OrderBooks, charges = 1n): void {
  const { orderId, ...rest } = books;
  assert.deepEqual(
    rest,
    { status: "paid", attempts: 1n, captures: 1n, charges, mails: 1n, story: paidStory, fed: paidStory },
    `order ${orderId}`,
  );
}
