import { setImmediate as nextTurn } from "node:timers/promises";
import { claimKeys, storeAnswers } from "../http/claim-keys.ts";
import { type Answer, getReplay, type IdempotencyKey } from "../http/idempotency.ts";
import type { Tx } from "../platform/db.ts";
import { reach } from "../platform/failpoints.ts";
import { uuidV7 } from "../platform/ids.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import type { Author } from "./changes.ts";
import { type NewOrder, newOrderOf } from "./new-order.ts";
import type { Order } from "./order.ts";
import { batchAnswerText, type MemberOutcome, memberText } from "./order-batch-view.ts";
import { orderInvalid } from "./order-errors.ts";
import { drawOrderIds, findOrders } from "./order-queries.ts";
import { noOrigin } from "./origin.ts";
import { payBatch } from "./pay-batch.ts";
import type { Counter } from "./payment-desk-flow.ts";
import { type Placement, placeOrders } from "./place-orders.ts";
import type { BatchMember, PaymentKind } from "./read-batch-member.ts";

/** Orders of one request, and what is to become of them. */
export interface Batch {
  readonly members: readonly BatchMember[];
  readonly source: string;
  readonly payment: PaymentKind;
  readonly notify: boolean;
  /** How long they may stay unpaid; the policy's time when left out. */
  readonly payWithinMs: number | undefined;
  readonly by: Author;
  readonly key: IdempotencyKey | undefined;
}

const ordersInSet = 250; // A few milliseconds of work at a stretch, so that other requests are served in between.

/** An order that can be placed, and its place in the request. */
interface Placeable {
  readonly index: number;
  readonly order: NewOrder;
}

/**
 * Places the orders of a batch in one transaction, with the answer that is kept under the caller's key: killed at any
 * moment, all of them are there or none. Those to be charged wait, and a job has them paid.
 *
 * They are placed in the order of their references, so that two batches with the same ones wait for each other instead
 * of both being thrown back.
 * @throws http.idempotency_key_reused, http.idempotency_key_in_flight
 */
export async function placeBatch(counter: Counter, batch: Batch): Promise<Answer> {
  const { db, clock } = counter;
  const now = clock.now();
  const batchId = uuidV7(now);
  const placeable = await placeableOf(counter, batch, { now, batchId });
  const answer = await db.transaction(async (tx) => {
    const { key, by } = batch;
    const [claimed] = key ? await claimKeys(tx, [{ ...key, orderId: null }], now) : [];
    if (key && claimed !== undefined && claimed !== "claimed") return getReplay(claimed, key.fingerprint);
    const ended = startReport(batch.members);
    await placeInSets(tx, placeable, { counter, now, ended });
    const waits = batch.payment === "charge" && ended.waiting > 0;
    if (waits) tx.finish([enqueue(tx, [queued(payBatch, { batchId, by: by.actor })])]);
    const placed = { status: waits ? accepted : done, body: batchAnswerText({ batchId, ...ended }) };
    if (key) tx.finish([storeAnswers(tx, [{ ...key, ...placed }], now)]);
    await reach("inside-batch");
    return placed;
  });
  await reach("after-batch");
  return answer;
}

const done = 200;
const accepted = 202;

/** Ids are drawn before the transaction, which may run again. */
async function placeableOf(
  { db }: Counter,
  batch: Batch,
  { now, batchId }: { now: Date; batchId: string },
): Promise<Placeable[]> {
  const { members, payment, notify, by, payWithinMs } = batch;
  const sound = members.flatMap((member, index) => ("drafted" in member ? [{ index, drafted: member.drafted }] : []));
  const ids = await drawOrderIds(db, { count: sound.length });
  const given = {
    notify,
    by,
    origin: { ...noOrigin, source: batch.source, batchId },
    payment: payment === "recorded" ? ({ kind: "recorded" } as const) : ({ kind: "none" } as const),
    ...(payWithinMs === undefined ? {} : { expiresAt: new Date(now.getTime() + payWithinMs) }),
  };
  const placeable: Placeable[] = [];
  for (const [place, { index, drafted }] of sound.entries()) {
    if (place % ordersInSet === 0) await nextTurn();
    const orderId = ids[place]?.orderId as bigint;
    placeable.push({ index, order: newOrderOf(drafted, { ...given, orderId, uid: uuidV7(now) }) });
  }
  return placeable.sort(byReference);
}

/** By what two batches may meet at: references of orders, then of payments that were made elsewhere. */
function byReference({ order: one }: Placeable, { order: other }: Placeable): number {
  const [first, second] = [meetingPlace(one), meetingPlace(other)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function meetingPlace({ origin, payment }: NewOrder): string {
  const paid = payment.kind === "recorded" ? payment.reference : null;
  return `${origin.externalReference ?? ""}\n${paid ?? ""}`;
}

/** What became of a batch so far: counts, and each member's outcome as text. */
interface Report {
  placed: number;
  duplicates: number;
  rejected: number;
  /** Placed, and waiting to be paid. */
  waiting: number;
  readonly references: readonly (string | null)[];
  readonly members: string[];
}

function startReport(members: readonly BatchMember[]): Report {
  const references = members.map(({ reference }) => reference);
  const report: Report = { placed: 0, duplicates: 0, rejected: 0, waiting: 0, references, members: [] };
  for (const [index, member] of members.entries()) {
    if ("refusal" in member) tell(report, index, { outcome: "rejected", refusal: member.refusal });
  }
  return report;
}

function tell(report: Report, index: number, member: MemberOutcome): void {
  report.members[index] = memberText(index, report.references[index] ?? null, member);
  if (member.outcome === "rejected") report.rejected += 1;
  else if (member.outcome === "duplicate") report.duplicates += 1;
  else {
    report.placed += 1;
    if (member.order.status === "pending") report.waiting += 1;
  }
}

interface Placing {
  readonly counter: Counter;
  readonly now: Date;
  readonly ended: Report;
}

async function placeInSets(tx: Tx, placeable: readonly Placeable[], { counter, now, ended }: Placing): Promise<void> {
  const paced = paceWrites(tx);
  for (let start = 0; start < placeable.length; start += ordersInSet) {
    const set = placeable.slice(start, start + ordersInSet);
    const orders = set.map(({ order }) => order);
    const placements = await placeOrders(paced.tx, orders, counter.policy, now);
    const before = await ordersBefore(tx, placements);
    for (const [position, placement] of placements.entries()) {
      tell(ended, set[position]?.index as number, outcomeOf(placement, before));
    }
    await paced.next();
  }
}

/** The orders that duplicates are duplicates of, as they stand. Asks nothing when there are none. */
async function ordersBefore(tx: Tx, placements: readonly Placement[]): Promise<ReadonlyMap<bigint, Order>> {
  const orderIds = placements.flatMap((one) => (one.outcome === "duplicate" ? [one.order.orderId] : []));
  const orders = orderIds.length === 0 ? [] : await findOrders(tx, { orderIds });
  return new Map(orders.map((order) => [order.orderId, order]));
}

function outcomeOf(placement: Placement, before: ReadonlyMap<bigint, Order>): MemberOutcome {
  switch (placement.outcome) {
    case "placed":
      return placement;
    case "duplicate":
      return { outcome: "duplicate", order: before.get(placement.order.orderId) as Order };
    case "rejected":
      return { outcome: "rejected", refusal: orderInvalid({}, { faults: [placement.fault] }) };
  }
}

/** Lets the database write one set while the next is made, and no more: other requests are served meanwhile. */
function paceWrites(tx: Tx): { tx: Tx; next(): Promise<void> } {
  let before: Promise<unknown> = Promise.resolve();
  let last: Promise<unknown> = before;
  return {
    tx: {
      ...tx,
      finish(statements) {
        last = Promise.allSettled(statements);
        tx.finish(statements);
      },
    },
    async next() {
      await Promise.all([before, nextTurn()]);
      before = last;
    },
  };
}
