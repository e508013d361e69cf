import { ownPart } from "../fulfillment/index.ts";
import { attemptKey, type PaymentAttempt, recordedGateway, recordedOnce } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { declareRaces } from "../platform/races.ts";
import { addEvent, type Changes, freezeDetails, noChanges, type OrderPolicy } from "./changes.ts";
import { findTaken, judge, mayRepeat, remember, type Unplaced } from "./find-repeats.ts";
import { itemsOf, type NewOrder, type PaymentPlan, totalOf } from "./new-order.ts";
import type { OrderWithItems } from "./order.ts";
import { cartCheckedOut, orderConfirmed, orderCreated, paymentProcessed } from "./order-events.ts";
import { noOrigin } from "./origin.ts";
import { startAttempt } from "./settlement.ts";
import { letterJobs } from "./tell-customer.ts";
import { writeChanges } from "./write-changes.ts";

// Looked at before orders are written; whoever commits the same meanwhile makes the second one look again.
declareRaces(["orders_reference_once", "orders_uid_once", "orders_given_uid_once", "orders_cart_once", recordedOnce]);

/** What became of an order that was to be placed. */
export type Placement =
  | {
      readonly outcome: "placed";
      readonly order: OrderWithItems;
      /** Of an order that is to be charged, or was paid elsewhere. */
      readonly attempt: PaymentAttempt | undefined;
    }
  | Unplaced;

/**
 * Places orders: each stands with its items, its first events and what its payment needs. One to be charged is
 * `payment_processing`, and the caller asks the gateway after the commit; one that was paid elsewhere, or costs nothing,
 * is paid; the others wait, `pending`. A repeat is told from a new order by the reference or the UUID that came with it,
 * within the set too; nothing is asked about orders that brought neither.
 *
 * Locks nothing: the rows are new. Sends `OrderCreated`, of a cart `CartCheckedOut`, then `PaymentInitiated`, or `PaymentProcessed` and
 * `OrderConfirmed`. A second call finds duplicates, if the orders have references; two at once are one and a duplicate,
 * since the transaction that comes second runs again.
 */
export async function placeOrders(
  tx: Tx,
  orders: readonly NewOrder[],
  policy: OrderPolicy,
  now: Date,
): Promise<Placement[]> {
  const taken = await findTaken(tx, orders.filter(mayRepeat));
  const changes = noChanges(now, policy);
  const placements = orders.map((order): Placement => {
    if (mayRepeat(order)) {
      const refused = judge(taken, order);
      if (refused) return refused;
      remember(taken, order);
    }
    const placed = placeOne(changes, order);
    const attempt = changes.attemptsStarted.at(-1);
    return { outcome: "placed", order: placed, attempt: attempt?.orderId === order.orderId ? attempt : undefined };
  });
  writeChanges(tx, changes);
  return placements;
}

function placeOne(changes: Changes, given: NewOrder): OrderWithItems {
  const created = asCreated(given, changes.now);
  changes.placed.push(created);
  const { by, payment, origin, customerReference, uidIsGiven = false } = given;
  if (origin !== noOrigin || customerReference !== null || uidIsGiven)
    changes.origins.set(given.orderId, { ...origin, customerReference, uidIsGiven });
  const pending = checkedOut(
    changes,
    addEvent(changes, created, { ...orderCreated(created, changes.now), by }, { to: "pending" }),
    given,
  );
  if (pending.totalMinor === 0n) return confirm(changes, pending, given);
  switch (payment.kind) {
    case "charge":
      return startAttempt(changes, pending, { ...payment, by }).order;
    case "recorded":
      return confirm(changes, recordPayment(changes, pending, payment, given), given);
    case "none":
      return pending;
  }
}

function asCreated(given: NewOrder, now: Date): OrderWithItems {
  const itemsMinor = itemsOf(given);
  return {
    orderId: given.orderId,
    uid: given.uid,
    customerId: given.customerId,
    customerEmail: given.customerEmail,
    customerName: given.customerName,
    locale: given.locale,
    currency: given.currency,
    status: "pending",
    itemsMinor,
    discountMinor: given.discountMinor,
    taxMinor: given.taxMinor,
    taxIncludedMinor: given.cart?.taxIncludedMinor ?? 0n,
    shippingMinor: given.shippingMinor,
    totalMinor: totalOf(given, itemsMinor),
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
    cartId: given.cart?.cartId ?? null,
    createdAt: now,
    updatedAt: now,
    items: given.items,
  };
}

/** A cart became the order: it is the shopper's, with its details as they are now. */
function checkedOut(changes: Changes, order: OrderWithItems, { cart, by }: NewOrder): OrderWithItems {
  if (!cart) return order;
  const { owner, details } = cart;
  changes.shopperOrders.push({ orderId: order.orderId, owner, details });
  return addEvent(changes, order, { ...cartCheckedOut(order, cart, changes.now), by });
}

/** The order is paid, or there is nothing to pay: it is confirmed, and somebody makes it. */
function confirm(changes: Changes, order: OrderWithItems, { by }: NewOrder): OrderWithItems {
  const paid = addEvent(changes, order, { ...orderConfirmed(order, changes.now), by }, { to: "paid" });
  freezeDetails(changes, paid);
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
    hosted: false,
    sessionReference: null,
    sessionUrl: null,
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
