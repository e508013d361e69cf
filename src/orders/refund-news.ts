import type { Changes } from "./changes.ts";
import type { ChargeInHand, MoneyInHand } from "./repayment.ts";

/** What a payment service says of money that left again: given back, come back since that failed, or taken by a bank. */
export interface RefundNews {
  readonly orderId: bigint;
  /** The gateway's name for the payment. */
  readonly reference: string;
  /** Its name for the refund or the chargeback, when it has one. */
  readonly refundReference: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** Where it was heard. */
  readonly cause: string;
}

/**
 * What hearing it changed: `early` is told again later, since what it follows on is not known here yet; for `unexpected`
 * a person was asked.
 */
export type RefundNewsOutcome = "recorded" | "duplicate" | "early" | "unexpected";

/** Who is the author of what follows from news. */
export function authorOfNews({ cause }: RefundNews): { actor: string; cause: string } {
  return { actor: "payment service", cause };
}

/** The attempt whose payment is named, once its money is in the ledger. */
export function chargeNamed({ charges }: MoneyInHand, { reference }: RefundNews): ChargeInHand | undefined {
  return charges.find(({ attempt, money }) => attempt.reference === reference && money.capturedMinor > 0n);
}

/** Whether it speaks of an amount in the payment's currency. */
export function isMoneyOf({ attempt }: ChargeInHand, { amountMinor, currency }: RefundNews): boolean {
  return amountMinor > 0n && currency === attempt.currency;
}

/** The news cannot be true as it was told: its money is kept in suspense and a person is asked, once for the same trouble. */
export function suspectNews(
  changes: Changes,
  { attempt }: ChargeInHand,
  news: RefundNews,
  kind: "refund" | "refund_failed" | "chargeback",
): "unexpected" {
  const { orderId, amountMinor, currency, cause: heardFrom } = news;
  const reference = news.refundReference ?? news.reference;
  const cause = `${kind} unexpected order ${orderId} reference ${reference}`;
  const money = { reference, amountMinor, currency };
  changes.suspended.push({ ...money, gateway: attempt.gateway, kind, orderId, taskCause: cause, heardFrom });
  changes.tasks.push({
    kind: "payment_unexpected",
    cause,
    orderId,
    detail: { ...money, payment: news.reference, said: kind, heardFrom },
  });
  return "unexpected";
}
