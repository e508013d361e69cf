import { findCaptures, recordedGateway } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import type { Fault } from "../platform/errors.ts";
import { findNearUids, isUid, type PlacedBefore, stemOf } from "./find-references.ts";
import { itemsOf, type NewOrder, totalOf } from "./new-order.ts";
import { findOrdersByReference } from "./order-queries.ts";

/** What became of an order that was not placed. */
export type Unplaced =
  /** The source's reference, or the UUID that it came with, has an order: this one, which was left as it is. */
  | { readonly outcome: "duplicate"; readonly order: PlacedBefore }
  | { readonly outcome: "rejected"; readonly fault: Fault };

/** What orders that are there, or before it in the set, leave no room for. */
export interface Taken {
  readonly byReference: Map<string, PlacedBefore>;
  /** By what their UUIDs have in common with the names of their events. */
  readonly byStem: Map<string, PlacedBefore>;
  /** References of payments that were recorded. */
  readonly payments: Set<string>;
}

/** Whether an order brings anything that another one can have too. */
export function mayRepeat({ uidIsGiven, origin, payment }: NewOrder): boolean {
  return uidIsGiven === true || origin.externalReference !== null || payment.kind === "recorded";
}

/** Looks for all that orders bring with them; asks nothing about what they do not. */
export async function findTaken(tx: Tx, orders: readonly NewOrder[]): Promise<Taken> {
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
function recordedPaymentOf(order: NewOrder): string | undefined {
  const { payment, uid } = order;
  if (payment.kind !== "recorded" || totalOf(order, itemsOf(order)) === 0n) return undefined;
  return payment.reference ?? uid;
}

/** How an order ends that is not to be placed. */
export function judge(taken: Taken, order: NewOrder): Unplaced | undefined {
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

function rejected(pointer: string, detail: string): Unplaced {
  return { outcome: "rejected", fault: { pointer, detail } };
}

/** Leaves no room for another order with what this one brings. */
export function remember(taken: Taken, order: NewOrder): void {
  const named = referenceOf(order);
  if (named) taken.byReference.set(referenceKey(named), order);
  if (order.uidIsGiven) taken.byStem.set(stemOf(order.uid), order);
  const payment = recordedPaymentOf(order);
  if (payment !== undefined) taken.payments.add(payment);
}
