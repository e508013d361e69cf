import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import type { MoneyEntry, PaymentAttempt, Refund } from "./payment.ts";
import {
  insertAttempts,
  insertHostedAttempts,
  insertMoneyEntries,
  insertRefunds,
  updateAttempts,
  updateRefunds,
} from "./payment-queries.ts";

/** Commits nothing by itself: the intents stand once the caller's transaction does, and only then may gateways be asked. */
export async function startAttempts(tx: Tx, attempts: readonly PaymentAttempt[]): Promise<void> {
  const hosted = attempts.filter((attempt) => attempt.hosted);
  const charged = hosted.length === 0 ? attempts : attempts.filter((attempt) => !attempt.hosted);
  await Promise.all([insertAttempts(tx, charged), insertHostedAttempts(tx, hosted)]);
}

/** Writes what became of attempts. The caller holds the rows of their orders. */
export async function saveAttempts(tx: Tx, attempts: readonly PaymentAttempt[], now: Date): Promise<void> {
  if (attempts.length === 0) return;
  const columns = columnsOf(attempts, {
    orderIds: (one) => one.orderId,
    attempts: (one) => one.attempt,
    states: (one) => one.state,
    references: (one) => one.reference,
    failures: (one) => one.failure,
    checks: (one) => one.checks,
    checkAts: (one) => one.checkAt,
  });
  await updateAttempts(tx, { ...columns, now });
}

/**
 * Adds rows to the ledger, by their references: who writes the same ones waits here, and never each for the other. A
 * reference that stands there already makes the whole transaction fail.
 */
export async function recordMoney(tx: Tx, entries: readonly MoneyEntry[]): Promise<void> {
  const sorted = entries.toSorted((one, other) => (one.reference < other.reference ? -1 : 1));
  await insertMoneyEntries(tx, sorted);
}

/** Writes the intents to give money back, before any gateway is asked. */
export async function requestRefunds(tx: Tx, refunds: readonly Refund[], now: Date): Promise<void> {
  if (refunds.length === 0) return;
  const columns = columnsOf(refunds, {
    orderIds: (one) => one.orderId,
    refunds: (one) => one.refund,
    attempts: (one) => one.attempt,
    keys: (one) => one.key,
    amounts: (one) => one.amountMinor,
    currencies: (one) => one.currency,
    reasons: (one) => one.reason,
  });
  await insertRefunds(tx, { ...columns, now });
}

/** Writes what became of refunds. The caller holds the rows of their orders. */
export async function saveRefunds(tx: Tx, refunds: readonly Refund[], now: Date): Promise<void> {
  if (refunds.length === 0) return;
  const columns = columnsOf(refunds, {
    orderIds: (one) => one.orderId,
    refunds: (one) => one.refund,
    states: (one) => one.state,
    references: (one) => one.reference,
    failures: (one) => one.failure,
  });
  await updateRefunds(tx, { ...columns, now });
}
