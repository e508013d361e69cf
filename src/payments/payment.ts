/** One try to have an order paid through one gateway. */
export type AttemptState = "created" | "processing" | "paid" | "failed" | "unknown" | "expired" | "cancelled";

export interface PaymentAttempt {
  readonly orderId: bigint;
  /** Counted from 1 within the order. */
  readonly attempt: number;
  /** Our own idempotency key: committed before the gateway is asked, the same for every call of this attempt. */
  readonly key: string;
  readonly gateway: string;
  readonly state: AttemptState;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The gateway's name for the payment, once it gave one. */
  readonly reference: string | null;
  readonly failure: string | null;
  /** The shopper pays on the gateway's page, and is not charged by a call of ours. */
  readonly hosted: boolean;
  /** The gateway's name of the page, and where it is; null until it is opened. */
  readonly sessionReference: string | null;
  readonly sessionUrl: string | null;
  /** How often the gateway was asked what became of it. */
  readonly checks: number;
  /** When to ask next; null once it is settled. */
  readonly checkAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type EntryKind = "capture" | "refund" | "refund_failed" | "chargeback";

/** One row of the ledger; never changed once written. */
export interface MoneyEntry {
  readonly orderId: bigint;
  /** The number of the event that recorded it. */
  readonly sequence: number;
  readonly attempt: number;
  readonly kind: EntryKind;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly gateway: string;
  readonly reference: string;
  readonly cause: string;
  readonly actor: string;
  /** When the money moved, by the account of whoever recorded it; null or missing: when it was written down. */
  readonly occurredAt?: Date | null;
  readonly recordedAt: Date;
}

/** The gateway by whose name payments stand that were made elsewhere: nobody can ask it. */
export const recordedGateway = "recorded";

/** The ledger has each payment, refund and chargeback of a gateway once: the name of what holds that. */
export const recordedOnce = "money_entries_reference_once";

export type RefundState = "requested" | "succeeded" | "failed";

export interface Refund {
  readonly orderId: bigint;
  /** Counted from 1 within the order. */
  readonly refund: number;
  readonly attempt: number;
  readonly key: string;
  readonly state: RefundState;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly reference: string | null;
  readonly failure: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Where the money of one attempt is, in sums of the ledger and of what is promised. */
export interface AttemptMoney {
  readonly orderId: bigint;
  readonly attempt: number;
  readonly capturedMinor: bigint;
  /** Promised back and not given back yet. */
  readonly refundingMinor: bigint;
  /** Given back, less what came back since the refund failed later. */
  readonly refundedMinor: bigint;
  /** Taken back by banks. */
  readonly chargedBackMinor: bigint;
}

/** What can still be promised back of an attempt: never less than nothing, though a chargeback may follow a refund. */
export function leftMinor(money: Omit<AttemptMoney, "orderId" | "attempt">): bigint {
  const left = money.capturedMinor - money.refundingMinor - money.refundedMinor - money.chargedBackMinor;
  return left > 0n ? left : 0n;
}

/** An attempt that is not settled: money may or may not have moved. */
export function isOpen(attempt: PaymentAttempt): boolean {
  return attempt.state === "created" || attempt.state === "processing" || attempt.state === "unknown";
}

// The last four digits of the order's UUID make room for the number; events use those below 8000.
const keyDigits = 4;
const firstAttemptKey = 0x8000;
const firstRefundKey = 0xc000;

/** As many tries as a payment service tells of in one answer. */
export const mostAttempts = 100;

/** More refunds than anybody makes of one order; their keys would have room for sixteen times as many. */
export const mostRefunds = 1000;

/** What a cancelled order and payments that come too late promise back is never refused: each attempt twice at most. */
export const mostPromises = mostRefunds + 2 * mostAttempts;

function keyOf(orderUid: string, number: number): string {
  return orderUid.slice(0, -keyDigits) + number.toString(16);
}

/** The attempt's idempotency key, which events call its payment id: made from the order's id and the attempt's number. */
export function attemptKey(orderUid: string, attempt: number): string {
  return keyOf(orderUid, firstAttemptKey + attempt);
}

/** The refund's idempotency key, which events call its refund id. */
export function refundKey(orderUid: string, refund: number): string {
  return keyOf(orderUid, firstRefundKey + refund);
}

const longestWaitMs = 3_600_000; // Gateways settle within hours; asking more rarely would only keep the shopper waiting.
const doublings = 12; // 5 s doubled twelve times is already more than the longest wait.

/** How long to wait before the gateway is asked again: doubles with each check, an hour at most. */
export function nextCheckDelayMs(checks: number, firstMs: number): number {
  return Math.min(longestWaitMs, firstMs * 2 ** Math.min(checks, doublings));
}
