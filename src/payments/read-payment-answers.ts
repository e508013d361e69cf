import { exactText, parseStrictJson } from "../http/strict-json.ts";
import { exponentOf, mostMinor, parseMinor } from "../platform/money.ts";
import type { ChargeAnswer, ChargeFailure, ChargeRequest, RefundAnswer, RefundRequest } from "./gateway.ts";

/** What a payment service says of a payment, checked. */
export interface ServicePayment {
  readonly paymentId: string;
  readonly status: "succeeded" | "failed" | "pending" | "refunded";
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The key that it was asked for with, when the service tells. */
  readonly key: string | undefined;
  readonly failure: ChargeFailure;
  readonly createdAt: string;
  readonly refunds: readonly ServiceRefund[];
}

interface ServiceRefund {
  readonly refundId: string;
  readonly paymentId: string;
  readonly status: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly key: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;

const longestReference = 255;
const mostPayments = 100; // Of one order.
const mostRefunds = 1000;
const failures: readonly ChargeFailure[] = ["card_declined", "insufficient_funds", "expired_card", "processing_error"];
const statuses = ["succeeded", "failed", "pending", "refunded"] as const;

/** Nonsense: the answer cannot be what the contract has, so nothing follows from it. */
class Nonsense extends Error {}

/** Reads an answer's body; undefined when it is not JSON or does not say what the reader needs. */
export function readAnswer<Result>(body: Buffer, read: (value: unknown) => Result): Result | undefined {
  try {
    return read(parseStrictJson(body));
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Nonsense("No object.");
  return value as Members;
}

function textOf(members: Members, name: string): string {
  const value = members[name];
  if (typeof value !== "string" || value === "" || value.length > longestReference) throw new Nonsense(`No ${name}.`);
  return value;
}

function amountOf(members: Members): { amountMinor: bigint; currency: string } {
  const currency = textOf(members, "currency");
  const exponent = exponentOf(currency);
  const amountMinor = exponent === undefined ? undefined : parseMinor(exactText(members, "amount"), exponent);
  if (typeof amountMinor !== "bigint" || amountMinor <= 0n || amountMinor > mostMinor) throw new Nonsense("No amount.");
  return { amountMinor, currency };
}

function assertOrder(members: Members, orderId: bigint): void {
  if (members.order_id === undefined) return;
  if (exactText(members, "order_id") !== orderId.toString()) throw new Nonsense("Another order.");
}

function keyOf(members: Members): string | undefined {
  return typeof members.idempotency_key === "string" ? members.idempotency_key : undefined;
}

function listOf(value: unknown, most: number): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > most) throw new Nonsense("No list.");
  return value;
}

/** Reads one payment of this order. Throws for nonsense, another order's payment included. */
export function readPayment(value: unknown, orderId: bigint): ServicePayment {
  const members = membersOf(value);
  assertOrder(members, orderId);
  const status = statuses.find((one) => one === members.status);
  if (!status) throw new Nonsense("No status.");
  return {
    ...amountOf(members),
    paymentId: textOf(members, "payment_id"),
    status,
    key: keyOf(members),
    failure: failures.find((one) => one === members.failure) ?? "processing_error",
    createdAt: typeof members.created_at === "string" ? members.created_at : "",
    refunds: listOf(members.refunds, mostRefunds).map((refund) => readRefund(refund)),
  };
}

/** Reads all payments of this order: a list, an object with a list, or the only payment itself. */
export function readPayments(value: unknown, orderId: bigint): ServicePayment[] {
  const list = Array.isArray(value) ? value : membersOf(value).payments;
  if (list === undefined) return [readPayment(value, orderId)];
  return listOf(list, mostPayments).map((payment) => readPayment(payment, orderId));
}

export function readRefund(value: unknown): ServiceRefund {
  const members = membersOf(value);
  const status = members.status ?? "succeeded";
  if (typeof status !== "string") throw new Nonsense("No status.");
  const [refundId, paymentId] = [textOf(members, "refund_id"), textOf(members, "payment_id")];
  return { ...amountOf(members), refundId, paymentId, status, key: keyOf(members) };
}

/** What a payment says of the charge that it was made for. */
export function chargeAnswerOf(payment: ServicePayment): ChargeAnswer {
  const { paymentId: reference, amountMinor, currency, failure } = payment;
  switch (payment.status) {
    case "succeeded":
      return { outcome: "paid", reference, amountMinor, currency };
    case "pending":
      return { outcome: "pending", reference };
    case "failed":
      return { outcome: "failed", failure, reference };
    case "refunded":
      return { outcome: "unknown", reason: `The payment ${reference} was taken and given back by somebody else.` };
  }
}

/**
 * Finds our charge among the payments of its order; undefined when it is certainly not there.
 *
 * By our key, if the service tells keys. Otherwise a payment of the same amount that took money, or may yet, is ours:
 * no other attempt of the order is open. Failed ones are counted, since they cannot be told from those of earlier attempts.
 */
export function matchCharge(payments: readonly ServicePayment[], request: ChargeRequest): ChargeAnswer | undefined {
  const byKey = payments.find((payment) => payment.key === request.key);
  if (byKey) return chargeAnswerOf(byKey);
  const nameless = payments.filter((payment) => payment.key === undefined);
  const live = nameless.filter((payment) => payment.status !== "failed");
  const same = live.find(
    ({ amountMinor, currency }) => amountMinor === request.amountMinor && currency === request.currency,
  );
  if (same) return chargeAnswerOf(same);
  if (live.length > 0) return { outcome: "unknown", reason: "The order has a payment of another amount." };
  const [latest] = nameless.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  return latest && nameless.length >= request.attempt ? chargeAnswerOf(latest) : undefined;
}

/** What a refund's own answer says; only the amount that was asked for counts as given back. */
export function refundAnswerOf(refund: ServiceRefund, request: RefundRequest): RefundAnswer {
  const { refundId: reference, paymentId, amountMinor, currency, status } = refund;
  if (status === "failed") {
    return { outcome: "failed", reason: `The payment service failed the refund ${reference}.`, reference };
  }
  const asked =
    paymentId === request.chargeReference && amountMinor === request.amountMinor && currency === request.currency;
  if (!asked) return { outcome: "unknown", reason: `The refund ${reference} is not the one that was asked for.` };
  if (status !== "succeeded" && status !== "refunded") {
    return { outcome: "unknown", reason: `The refund ${reference} is ${status}.` };
  }
  return { outcome: "refunded", reference };
}

/**
 * Finds our refund among the payments of its order; undefined when the service has none.
 *
 * By our key, if the service tells keys. Otherwise the same amount of the same payment counts as ours unless it stands for
 * another refund here, and so does a payment that was given back whole: a refund that is taken for another is seen by the
 * ledger, one paid twice is not.
 */
export function matchRefund(payments: readonly ServicePayment[], request: RefundRequest): RefundAnswer | undefined {
  const refunds = payments.flatMap((payment) => payment.refunds);
  const byKey = refunds.find((refund) => refund.key === request.key);
  if (byKey) return refundAnswerOf(byKey, request);
  const { others = [] } = request;
  const isFree = ({ key, status, refundId }: ServiceRefund) =>
    key === undefined && status !== "failed" && !others.includes(refundId);
  const nameless = refunds.filter(isFree);
  const answers = nameless.map((refund) => refundAnswerOf(refund, request));
  const same = answers.find((answer) => answer.outcome === "refunded");
  if (same) return same;
  const paid = payments.find((payment) => payment.paymentId === request.chargeReference);
  const isWhole = paid?.status === "refunded" && paid.refunds.length === 0 && paid.amountMinor === request.amountMinor;
  return isWhole ? { outcome: "refunded", reference: paid.paymentId } : undefined;
}
