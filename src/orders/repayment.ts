import {
  type AttemptMoney,
  leftMinor,
  type MoneyEntry,
  mostRefunds,
  type PaymentAttempt,
  type Refund,
  refundKey,
} from "../payments/index.ts";
import { queued } from "../platform/jobs.ts";
import { type Author, addEvent, type Changes, saveRefund, setCounters } from "./changes.ts";
import type { Order } from "./order.ts";
import { paymentChargedBack, refundFailed, refundProcessed } from "./order-events.ts";
import { refundPayment } from "./refund-payment.ts";

/** An attempt and where its money is. */
export interface ChargeInHand {
  readonly attempt: PaymentAttempt;
  readonly money: AttemptMoney;
}

/** An order under its lock, with all that money did to it. */
export interface MoneyInHand {
  readonly order: Order;
  readonly charges: readonly ChargeInHand[];
  /** Oldest first. */
  readonly refunds: readonly Refund[];
}

/** The attempts that hold money that can still be promised back, most of it first. */
export function chargesLeft({ charges }: Pick<MoneyInHand, "charges">): (ChargeInHand & { leftMinor: bigint })[] {
  return charges
    .map((charge) => ({ ...charge, leftMinor: leftMinor(charge.money) }))
    .filter((charge) => charge.leftMinor > 0n)
    .sort((one, other) => (one.leftMinor < other.leftMinor ? 1 : one.leftMinor > other.leftMinor ? -1 : 0));
}

interface Repayment {
  readonly attempt: PaymentAttempt;
  readonly amountMinor: bigint;
  readonly reason: string;
}

// The job system runs smaller numbers first: money goes back before a hundred thousand letters go out.
const beforeLetters = -1;

/** Writes the intent to give money back and queues the call; what is promised can be promised only once. */
export function promiseRefund(changes: Changes, order: Order, repayment: Repayment): Order {
  const refund = newRefund(changes, order, repayment);
  const payload = { orderId: order.orderId.toString(), refund: refund.refund };
  changes.jobs.push(queued(refundPayment, payload, { priority: beforeLetters }));
  return setCounters(changes, order, {
    refunds: refund.refund,
    refundingMinor: order.refundingMinor + refund.amountMinor,
  });
}

/** The next refund of an order, `requested` as all begin. */
function newRefund(changes: Changes, order: Order, { attempt, amountMinor, reason }: Repayment): Refund {
  const number = order.refunds + 1;
  const refund: Refund = {
    orderId: order.orderId,
    refund: number,
    attempt: attempt.attempt,
    key: refundKey(order.uid, number),
    state: "requested",
    amountMinor,
    currency: attempt.currency,
    reason,
    reference: null,
    failure: null,
    createdAt: changes.now,
    updatedAt: changes.now,
  };
  changes.refunds.push(refund);
  return refund;
}

interface Sent {
  readonly refund: Refund;
  readonly attempt: PaymentAttempt;
  /** The gateway's name for the refund. */
  readonly reference: string;
  /** When it went back, if that was written down later. */
  readonly occurredAt?: Date;
  readonly by: Author;
}

/** A promised refund went back. */
export function keepPromise(changes: Changes, order: Order, sent: Sent): Order {
  return recordRefund(changes, order, sent, { refundingMinor: order.refundingMinor - sent.refund.amountMinor });
}

/** Money went back that nobody here promised: it is written down as a refund of its own, so that it counts. */
export function recordForeignRefund(
  changes: Changes,
  order: Order,
  given: Omit<Sent, "refund"> & { amountMinor: bigint; reason?: string },
): Order {
  const refund = newRefund(changes, order, { reason: "given_by_gateway", ...given });
  return recordRefund(changes, order, { ...given, refund }, { refunds: refund.refund });
}

/** Money that nobody here promised went back and came back: both are written down, and a person is asked. */
export function recordForeignFailure(
  changes: Changes,
  order: Order,
  given: Omit<Sent, "refund"> & { amountMinor: bigint },
  failure: string,
): Order {
  const sent = { ...given, refund: newRefund(changes, order, { ...given, reason: "given_by_gateway" }) };
  return takeRefundBack(changes, recordRefund(changes, order, sent, { refunds: sent.refund.refund }), sent, failure);
}

function recordRefund(
  changes: Changes,
  order: Order,
  { refund, attempt, reference, occurredAt, by }: Sent,
  set: Partial<Pick<Order, "refundingMinor" | "refunds">>,
): Order {
  const refundedMinor = order.refundedMinor + refund.amountMinor;
  const news = { ...refundProcessed(order, refund, attempt.key, occurredAt ?? changes.now), by };
  const after = addEvent(changes, order, news, { set: { ...set, refundedMinor } });
  addEntry(changes, after, { kind: "refund", attempt, amountMinor: refund.amountMinor, reference, occurredAt, by });
  saveRefund(changes, { ...refund, state: "succeeded", reference, failure: null });
  return after;
}

/** The gateway refused a promised refund: no money moved, the promise is taken back, and a person is asked. */
export function breakPromise(
  changes: Changes,
  order: Order,
  refund: Refund,
  why: { failure: string; reference: string | null },
): Order {
  saveRefund(changes, { ...refund, state: "failed", ...why });
  askAboutFailure(changes, refund, why.failure);
  return setCounters(changes, order, { refundingMinor: order.refundingMinor - refund.amountMinor });
}

/** A refund that had succeeded failed after all: the money is with the merchant again and can be given back anew. */
export function takeRefundBack(
  changes: Changes,
  order: Order,
  { refund, attempt, reference, by }: Sent,
  failure: string,
): Order {
  const refundedMinor = order.refundedMinor - refund.amountMinor;
  const news = { ...refundFailed(order, refund, { paymentId: attempt.key, failure }, changes.now), by };
  const after = addEvent(changes, order, news, { set: { refundedMinor } });
  addEntry(changes, after, { kind: "refund_failed", attempt, amountMinor: refund.amountMinor, reference, by });
  saveRefund(changes, { ...refund, state: "failed", reference, failure });
  askAboutFailure(changes, refund, failure);
  return after;
}

function askAboutFailure(changes: Changes, refund: Refund, failure: string): void {
  const { orderId, refund: number, amountMinor, currency } = refund;
  changes.tasks.push({
    kind: "refund_failed",
    cause: `refund_failed order ${orderId} refund ${number}`,
    orderId,
    detail: { refund: number, amountMinor, currency, reason: failure },
  });
}

interface ChargedBack {
  readonly attempt: PaymentAttempt;
  readonly amountMinor: bigint;
  readonly reference: string;
  readonly by: Author;
}

/** A bank took money back. The order stays where it is; a person answers the bank. */
export function recordChargeback(changes: Changes, order: Order, taken: ChargedBack): Order {
  const { attempt, amountMinor, reference, by } = taken;
  const { orderId, currency } = attempt;
  const chargedBackMinor = order.chargedBackMinor + amountMinor;
  const news = { ...paymentChargedBack(order, attempt, { amountMinor, reference }, changes.now), by };
  const after = addEvent(changes, order, news, { set: { chargedBackMinor } });
  addEntry(changes, after, { ...taken, kind: "chargeback" });
  changes.tasks.push({
    kind: "chargeback",
    cause: `chargeback order ${orderId} reference ${reference}`,
    orderId,
    detail: { attempt: attempt.attempt, amountMinor, currency, reference, heardFrom: by.cause },
  });
  return after;
}

function addEntry(
  changes: Changes,
  after: Order,
  moved: ChargedBack & Pick<MoneyEntry, "kind"> & { occurredAt?: Date | undefined },
): void {
  const { attempt, kind, amountMinor, reference, by } = moved;
  changes.entries.push({
    orderId: after.orderId,
    sequence: after.lastSequence,
    attempt: attempt.attempt,
    kind,
    amountMinor,
    currency: attempt.currency,
    gateway: attempt.gateway,
    reference,
    cause: by.cause,
    actor: by.actor,
    occurredAt: moved.occurredAt ?? null,
    recordedAt: changes.now,
  });
}

/** Whether another refund of the order still has a number to be had. */
export function hasRoomForRefund(order: Order): boolean {
  return order.refunds < mostRefunds;
}
