import { ownPart } from "../fulfillment/index.ts";
import { attemptKey, findCaptures, type PaymentAttempt, recordedGateway, recordedOnce } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import type { Fault } from "../platform/errors.ts";
import { declareRaces } from "../platform/races.ts";
import { addEvent, type Changes, noChanges, type OrderPolicy } from "./changes.ts";
import { findNearUids, isUid, type PlacedBefore, stemOf } from "./find-references.ts";
import type { NewOrder, PaymentPlan } from "./new-order.ts";
import type { OrderWithItems } from "./order.ts";
import { orderConfirmed, orderCreated, paymentProcessed } from "./order-events.ts";
import { findOrdersByReference } from "./order-queries.ts";
import { noOrigin } from "./origin.ts";
import { startAttempt } from "./settlement.ts";
import { letterJobs } from "./tell-customer.ts";
import { writeChanges } from "./write-changes.ts";

// Looked at before orders are written; whoever commits the same meanwhile makes the second one look again.
declareRaces(["orders_reference_once", "orders_uid_once", recordedOnce]);

/** What became of an order that was to be placed. */
export type Placement =
  | {
      readonly outcome: "placed";
      readonly order: OrderWithItems;
      /** Of an order that is to be charged, or was paid elsewhere. */
      readonly attempt: PaymentAttempt | undefined;
    }
  /** The source's reference, or the UUID that it came with, has an order: this one, which was left as it is. */
  | { readonly outcome: "duplicate"; readonly order: PlacedBefore }
  | { readonly outcome: "rejected"; readonly fault: Fault };

/**
 * Places orders: each stands with its items, its first events and what its payment needs. One to be charged is
 * `payment_processing`, and the caller asks the gateway after the commit; one that was paid elsewhere, or costs nothing,
 * is paid; the others wait, `pending`. A repeat is told from a new order by the reference or the UUID that came with it,
 * within the set too; nothing is asked about orders that brought neither.
 *
 * Locks nothing: the rows are new. Sends `OrderCreated`, then `PaymentInitiated`, or `PaymentProcessed` and
 * `OrderConfirmed`. A second call finds duplicates, if the orders have references; two at once are one and a duplicate,
 * since the transaction that comes second runs again.
 */
export async function placeOrders(
  tx: Tx,
  orders: readonly NewOrder[],
  policy: OrderPolicy,
  now: Date,
): Promise<Placement[]> {
  const taken = await findTaken(tx, orders);
  const changes = noChanges(now, policy);
  const placements = orders.map((order): Placement => {
    const refused = judge(taken, order);
    if (refused) return refused;
    remember(taken, order);
    const placed = placeOne(changes, order);
    const attempt = changes.attemptsStarted.at(-1);
    return { outcome: "placed", order: placed, attempt: attempt?.orderId === order.orderId ? attempt : undefined };
  });
  writeChanges(tx, changes);
  return placements;
}

/** What orders that are there, or before it in the set, leave no room for. */
interface Taken {
  readonly byReference: Map<string, PlacedBefore>;
  /** By what their UUIDs have in common with the names of their events. */
  readonly byStem: Map<string, PlacedBefore>;
  /** References of payments that were recorded. */
  readonly payments: Set<string>;
}

async function findTaken(tx: Tx, orders: readonly NewOrder[]): Promise<Taken> {
  const uids = orders.filter((order) => order.uidIsGiven).map((order) => order.uid);
  const named = orders.map(referenceOf).filter((one) => one !== undefined);
  const payments = orders.map(recordedPaymentOf).filter((reference) => reference !== undefined);
  const [byUid, byReference, captures] = await Promise.all([
    findNearUids(tx, uids),
    named.length === 0
      ? []
      : findOrdersByReference(tx, {
          sources: named.map((one) => one.source),
          references: named.map((one) => one.reference),
        }),
    payments.length === 0 ? [] : findCaptures(tx, { gateways: [recordedGateway], references: payments }),
  ]);
  return {
    byReference: new Map(byReference.map((one) => [referenceKey(one), one])),
    byStem: new Map(byUid.map((one) => [stemOf(one.uid), one])),
    payments: new Set(captures.map((one) => one.reference)),
  };
}

interface Named {
  readonly source: string;
  readonly reference: string;
}

function referenceOf({ origin }: NewOrder): Named | undefined {
  const { source, externalReference: reference } = origin;
  return source === null || reference === null ? undefined : { source, reference };
}

function referenceKey({ source, reference }: Named): string {
  return JSON.stringify([source, reference]);
}

/** The reference of a payment that will be recorded: an order that costs nothing has none. */
function recordedPaymentOf({ payment, uid, ...order }: NewOrder): string | undefined {
  if (payment.kind !== "recorded" || totalOf(order) === 0n) return undefined;
  return payment.reference ?? uid;
}

function judge(taken: Taken, order: NewOrder): Placement | undefined {
  const named = referenceOf(order);
  const before = (named && taken.byReference.get(referenceKey(named))) ?? sameUid(taken, order);
  if (before) return { outcome: "duplicate", order: { orderId: before.orderId, uid: before.uid } };
  if (order.uidIsGiven && (!isUid(order.uid) || taken.byStem.has(stemOf(order.uid)))) {
    return rejected("", `${order.uid} cannot be an order's UUID: it is none, or too near to that of another order.`);
  }
  const payment = recordedPaymentOf(order);
  if (payment !== undefined && taken.payments.has(payment)) {
    return rejected("/payment_reference", `The payment ${payment} is recorded already, for another order.`);
  }
  return undefined;
}

function sameUid(taken: Taken, order: NewOrder): PlacedBefore | undefined {
  const near = order.uidIsGiven ? taken.byStem.get(stemOf(order.uid)) : undefined;
  return near?.uid === order.uid ? near : undefined;
}

function rejected(pointer: string, detail: string): Placement {
  return { outcome: "rejected", fault: { pointer, detail } };
}

function remember(taken: Taken, order: NewOrder): void {
  const named = referenceOf(order);
  if (named) taken.byReference.set(referenceKey(named), order);
  if (order.uidIsGiven) taken.byStem.set(stemOf(order.uid), order);
  const payment = recordedPaymentOf(order);
  if (payment !== undefined) taken.payments.add(payment);
}

function placeOne(changes: Changes, given: NewOrder): OrderWithItems {
  const created = asCreated(given, changes.now);
  changes.placed.push(created);
  if (given.origin !== noOrigin || given.customerReference !== null)
    changes.origins.set(given.orderId, { ...given.origin, customerReference: given.customerReference });
  const { by, payment } = given;
  const pending = addEvent(changes, created, { ...orderCreated(created, changes.now), by }, { to: "pending" });
  if (pending.totalMinor === 0n) return confirm(changes, pending, given);
  switch (payment.kind) {
    case "charge":
      return startAttempt(changes, pending, payment.gateway, by).order;
    case "recorded":
      return confirm(changes, recordPayment(changes, pending, payment, given), given);
    case "none":
      return pending;
  }
}

function itemsOf(given: Pick<NewOrder, "items">): bigint {
  return given.items.reduce((sum, item) => sum + item.lineTotalMinor, 0n);
}

function totalOf(given: Pick<NewOrder, "items" | "discountMinor" | "taxMinor" | "shippingMinor">): bigint {
  return itemsOf(given) - given.discountMinor + given.taxMinor + given.shippingMinor;
}

function asCreated(given: NewOrder, now: Date): OrderWithItems {
  return {
    orderId: given.orderId,
    uid: given.uid,
    customerId: given.customerId,
    customerEmail: given.customerEmail,
    customerName: given.customerName,
    locale: given.locale,
    currency: given.currency,
    status: "pending",
    itemsMinor: itemsOf(given),
    discountMinor: given.discountMinor,
    taxMinor: given.taxMinor,
    shippingMinor: given.shippingMinor,
    totalMinor: totalOf(given),
    capturedMinor: 0n,
    refundingMinor: 0n,
    refundedMinor: 0n,
    chargedBackMinor: 0n,
    attempts: 0,
    refunds: 0,
    lastSequence: 0,
    expiresAt: null,
    payUntil: given.expiresAt ?? null,
    notify: given.notify,
    createdAt: now,
    updatedAt: now,
    items: given.items,
  };
}

/** The order is paid, or there is nothing to pay: it is confirmed, and somebody makes it. */
function confirm(changes: Changes, order: OrderWithItems, { by }: NewOrder): OrderWithItems {
  const paid = addEvent(changes, order, { ...orderConfirmed(order, changes.now), by }, { to: "paid" });
  changes.partsStarted.push(ownPart(paid.orderId));
  changes.jobs.push(...letterJobs(paid, "order_confirmation"));
  return paid;
}

/** The money came in elsewhere: an attempt that is paid from the start, and its entry in the ledger. */
function recordPayment(
  changes: Changes,
  order: OrderWithItems,
  { reference, paidAt }: Extract<PaymentPlan, { kind: "recorded" }>,
  { by }: NewOrder,
): OrderWithItems {
  const { orderId, uid, totalMinor: amountMinor, currency } = order;
  const { now } = changes;
  const attempt: PaymentAttempt = {
    orderId,
    attempt: 1,
    key: attemptKey(uid, 1),
    gateway: recordedGateway,
    state: "paid",
    amountMinor,
    currency,
    reference: reference ?? uid,
    failure: null,
    checks: 0,
    checkAt: null,
    createdAt: now,
    updatedAt: now,
  };
  changes.attemptsStarted.push(attempt);
  const news = { ...paymentProcessed(order, attempt, reference ?? uid, paidAt ?? now), by };
  const set = { attempts: attempt.attempt, capturedMinor: amountMinor };
  const charged = addEvent(changes, order, news, { to: "payment_processing", set });
  changes.entries.push({
    orderId,
    sequence: charged.lastSequence,
    attempt: attempt.attempt,
    kind: "capture",
    amountMinor,
    currency,
    gateway: recordedGateway,
    reference: reference ?? uid,
    cause: by.cause,
    actor: by.actor,
    occurredAt: paidAt,
    recordedAt: now,
  });
  return charged;
}
