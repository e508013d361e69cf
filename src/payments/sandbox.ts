import { exponentOf, formatMajor, mostMinor, parseMinor } from "../platform/money.ts";
import type { ChargeAnswer, ChargeFailure } from "./gateway.ts";
import { sandboxAmountWrong } from "./gateway-errors.ts";

export type SandboxStatus = "succeeded" | "failed" | "pending";

/** A payment in the books of the embedded payment service. */
export interface SandboxPayment {
  readonly orderId: bigint;
  readonly idempotencyKey: string;
  readonly paymentId: string;
  readonly status: SandboxStatus;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly failure: ChargeFailure | null;
  /** When a pending payment succeeds; null when it never does. */
  readonly settlesAt: Date | null;
  readonly createdAt: Date;
}

export interface SandboxRefund {
  readonly orderId: bigint;
  readonly idempotencyKey: string;
  readonly refundId: string;
  readonly paymentId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly createdAt: Date;
}

/** How the service treats a charge: what it writes down, and how its answer travels. */
export interface SandboxAct {
  readonly status: SandboxStatus;
  readonly failure: ChargeFailure | null;
  /** After how long a pending payment succeeds; null: never. */
  readonly settlesAfterMs: number | null;
  /** `twice` answers by webhooks too; `lost` charges and says nothing; `never` neither charges nor answers. */
  readonly reply: "once" | "twice" | "lost" | "never";
}

/** Long enough to see an order wait in `payment_processing`, short enough to wait for it. */
export const lateMs = 10_000;

const pays: SandboxAct = { status: "succeeded", failure: null, settlesAfterMs: null, reply: "once" };
const waits: SandboxAct = { ...pays, status: "pending" };

function declines(failure: ChargeFailure): SandboxAct {
  return { ...pays, status: "failed", failure };
}

/** A test customer is known by the part before the `@`, a test amount by its minor units in any currency. */
export interface SandboxTest {
  readonly localPart: string;
  readonly amountMinor: bigint;
  readonly act: SandboxAct;
  /** What happens when the order is tried to be paid again; the same without it. */
  readonly again?: SandboxAct;
}

/** Every test e-mail and amount; `docs/payments.md` lists the same. The amounts are such as no real order has by chance. */
export const sandboxTests: readonly SandboxTest[] = [
  { localPart: "card-declined", amountMinor: 77_700_001n, act: declines("card_declined") },
  { localPart: "insufficient-funds", amountMinor: 77_700_002n, act: declines("insufficient_funds") },
  { localPart: "expired-card", amountMinor: 77_700_003n, act: declines("expired_card") },
  { localPart: "pays-late", amountMinor: 77_700_004n, act: { ...waits, settlesAfterMs: lateMs } },
  { localPart: "pays-never", amountMinor: 77_700_005n, act: waits },
  { localPart: "times-out", amountMinor: 77_700_006n, act: { ...pays, reply: "never" } },
  { localPart: "answers-twice", amountMinor: 77_700_007n, act: { ...pays, reply: "twice" } },
  { localPart: "loses-reply", amountMinor: 77_700_008n, act: { ...pays, reply: "lost" } },
  { localPart: "pays-second", amountMinor: 77_700_009n, act: declines("card_declined"), again: pays },
];

const testsByLocalPart = new Map(sandboxTests.map((test) => [test.localPart, test]));
const testsByAmount = new Map(sandboxTests.map((test) => [test.amountMinor, test]));

/** What happens to a charge: the customer decides before the amount; anybody else simply pays. `tries` counts from 1. */
export function actOf(customerEmail: string, amountMinor: bigint, tries = 1): SandboxAct {
  const localPart = customerEmail.slice(0, Math.max(0, customerEmail.lastIndexOf("@"))).toLowerCase();
  const test = testsByLocalPart.get(localPart) ?? testsByAmount.get(amountMinor);
  return (tries > 1 ? test?.again : undefined) ?? test?.act ?? pays;
}

/** Whether a pending payment has come to the time when it succeeds. */
export function isDue(payment: SandboxPayment, now: Date): boolean {
  return payment.status === "pending" && payment.settlesAt !== null && payment.settlesAt <= now;
}

export function answerOf(payment: SandboxPayment): ChargeAnswer {
  const { status, paymentId: reference, amountMinor, currency } = payment;
  if (status === "succeeded") return { outcome: "paid", reference, amountMinor, currency };
  if (status === "pending") return { outcome: "pending", reference };
  return { outcome: "failed", failure: payment.failure ?? "processing_error", reference };
}

/** An amount as v1 writes it. A currency that nobody knows cannot have been charged, so its exponent hardly matters. */
export function majorText(amountMinor: bigint, currency: string): string {
  return formatMajor(amountMinor, exponentOf(currency) ?? 0);
}

/**
 * Reads an amount in major units as it was written.
 * @throws payment.sandbox_amount_wrong
 */
export function parseSandboxAmount(text: string, currency: string): bigint {
  const exponent = exponentOf(currency);
  const amountMinor = exponent === undefined ? undefined : parseMinor(text, exponent);
  if (typeof amountMinor === "bigint" && amountMinor > 0n && amountMinor <= mostMinor) return amountMinor;
  const pointer = exponent === undefined ? "/currency" : "/amount";
  const detail = exponent === undefined ? "Is no currency." : `Is no amount of ${currency} that can be moved.`;
  throw sandboxAmountWrong({ amount: text, currency }, { faults: [{ pointer, detail }] });
}

/** The body of the webhook that tells of a payment: `{"payment_id", "status", "amount", "currency"}`. */
export function webhookBody(payment: SandboxPayment): string {
  const { paymentId, status, amountMinor, currency } = payment;
  // The amount goes in as it is written: a JSON number of fifteen digits at most, exact for whoever reads it.
  return `{"payment_id":${JSON.stringify(paymentId)},"status":${JSON.stringify(status)},"amount":${majorText(amountMinor, currency)},"currency":${JSON.stringify(currency)}}`;
}
