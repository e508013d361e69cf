import type { Sql } from "../platform/db.ts";
import type { SandboxAct, SandboxPayment } from "./sandbox.ts";
import { isDue } from "./sandbox.ts";
import { findSandboxPaymentsByKey, insertSandboxPayments, settleSandboxPayments } from "./sandbox-queries.ts";

/** One payment that the embedded service is asked for. `paymentId` is the name it gets if the key is new. */
export interface SandboxCharge {
  readonly paymentId: string;
  readonly orderId: bigint;
  readonly key: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly act: SandboxAct;
}

export type SandboxCharged =
  | { readonly outcome: "made" | "repeated"; readonly payment: SandboxPayment }
  /** The key stands for another amount or currency; nothing was charged. */
  | { readonly outcome: "key_reused" };

/**
 * Takes the money of a set of payments; answers one outcome for each, in their order.
 *
 * A set of new keys is one statement, which stands alone when it is given the pool: no transaction to begin and commit
 * on the hot path, and the rows are durable when it answers. The same key gets the same payment.
 */
export async function chargeSandbox(sql: Sql, charges: readonly SandboxCharge[], now: Date): Promise<SandboxCharged[]> {
  const payments = charges.map((charge) => newPayment(charge, now));
  const inserted = await insertSandboxPayments(sql, { ...columnsFrom(payments), now });
  if (inserted.length === charges.length) return payments.map((payment) => ({ outcome: "made", payment }));

  const madeIds = new Set(inserted.map((row) => row.paymentId));
  const made = payments.filter((payment) => madeIds.has(payment.paymentId));
  const taken = await findTaken(
    sql,
    payments.filter((payment) => !madeIds.has(payment.paymentId)),
    now,
  );
  const held = new Map([...made, ...taken].map((payment) => [nameOf(payment), payment]));
  return payments.map((payment) => {
    if (madeIds.has(payment.paymentId)) return { outcome: "made", payment };
    const before = held.get(nameOf(payment));
    if (!before) throw new Error(`The sandbox neither made nor found the payment with key ${payment.idempotencyKey}.`);
    const same = before.amountMinor === payment.amountMinor && before.currency === payment.currency;
    return same ? { outcome: "repeated", payment: before } : { outcome: "key_reused" };
  });
}

function newPayment({ paymentId, orderId, key, amountMinor, currency, act }: SandboxCharge, now: Date): SandboxPayment {
  const settlesAt = act.settlesAfterMs === null ? null : new Date(now.getTime() + act.settlesAfterMs);
  const { status, failure } = act;
  return { orderId, idempotencyKey: key, paymentId, status, amountMinor, currency, failure, settlesAt, createdAt: now };
}

function nameOf(payment: SandboxPayment): string {
  return `${payment.orderId} ${payment.idempotencyKey}`;
}

function columnsFrom(payments: readonly SandboxPayment[]) {
  return {
    orderIds: payments.map((payment) => payment.orderId),
    keys: payments.map((payment) => payment.idempotencyKey),
    paymentIds: payments.map((payment) => payment.paymentId),
    statuses: payments.map((payment) => payment.status),
    amounts: payments.map((payment) => payment.amountMinor),
    currencies: payments.map((payment) => payment.currency),
    failures: payments.map((payment) => payment.failure),
    settleTimes: payments.map((payment) => payment.settlesAt),
  };
}

/** Reads the payments that stood there before, in a statement of its own: the insert cannot see a neighbour's rows. */
async function findTaken(sql: Sql, asked: readonly SandboxPayment[], now: Date): Promise<SandboxPayment[]> {
  const { orderIds, keys } = columnsFrom(asked);
  const found = await findSandboxPaymentsByKey(sql, { orderIds, keys });
  const due = found.filter((payment) => isDue(payment, now));
  if (due.length === 0) return found;
  await settleSandboxPayments(sql, { orderIds: due.map((payment) => payment.orderId), now });
  return findSandboxPaymentsByKey(sql, { orderIds, keys });
}
