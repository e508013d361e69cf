import { ownPart } from "../fulfillment/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, addEvent, type Changes, noChanges, type OrderPolicy } from "./changes.ts";
import type { OrderItem, OrderWithItems } from "./order.ts";
import { orderConfirmed, orderCreated } from "./order-events.ts";
import { startAttempt } from "./settlement.ts";
import { letterJob } from "./tell-customer.ts";
import { writeChanges } from "./write-changes.ts";

/** An order to place. Ids and times come in, so that the transaction can be run again. */
export interface NewOrder {
  readonly orderId: bigint;
  readonly uid: string;
  readonly customerId: string;
  readonly customerEmail: string;
  readonly customerName: string;
  readonly locale: string;
  readonly currency: string;
  readonly items: readonly OrderItem[];
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly shippingMinor: bigint;
  /** The gateway that will be asked for the money as soon as this is committed. */
  readonly gateway: string;
  readonly by: Author;
}

/**
 * Places orders: each stands with its items, its first events and the intent to charge it, `payment_processing`.
 * An order that costs nothing is paid at once, with its part and its confirmation queued.
 *
 * Locks nothing: the rows are new. Sends `OrderCreated`, then `PaymentInitiated` or `OrderConfirmed`.
 * The caller asks the gateway only after the commit.
 */
export async function placeOrders(
  tx: Tx,
  orders: readonly NewOrder[],
  policy: OrderPolicy,
  now: Date,
): Promise<OrderWithItems[]> {
  const changes = noChanges(now, policy);
  const placed = orders.map((order) => placeOne(changes, order));
  writeChanges(tx, changes);
  return placed;
}

function placeOne(changes: Changes, given: NewOrder): OrderWithItems {
  const created = asCreated(given, changes.now);
  changes.placed.push(created);
  const by = given.by;
  const pending = addEvent(changes, created, { ...orderCreated(created, changes.now), by }, { to: "pending" });
  return pending.totalMinor === 0n
    ? payFree(changes, pending, by)
    : startAttempt(changes, pending, given.gateway, by).order;
}

function asCreated(given: NewOrder, now: Date): OrderWithItems {
  const itemsMinor = given.items.reduce((sum, item) => sum + item.lineTotalMinor, 0n);
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
    shippingMinor: given.shippingMinor,
    totalMinor: itemsMinor - given.discountMinor + given.taxMinor + given.shippingMinor,
    capturedMinor: 0n,
    refundingMinor: 0n,
    refundedMinor: 0n,
    chargedBackMinor: 0n,
    attempts: 0,
    refunds: 0,
    lastSequence: 0,
    expiresAt: null,
    createdAt: now,
    updatedAt: now,
    items: given.items,
  };
}

/** Nothing is to be paid: no attempt, no money entry. */
function payFree(changes: Changes, order: OrderWithItems, by: Author): OrderWithItems {
  const paid = addEvent(changes, order, { ...orderConfirmed(order, changes.now), by }, { to: "paid" });
  changes.partsStarted.push(ownPart(paid.orderId));
  changes.jobs.push(letterJob(paid.orderId, "order_confirmation"));
  return paid;
}
