import { setTimeout as sleep } from "node:timers/promises";
import type {
  ChargeAnswer,
  ChargeRequest,
  Gateway,
  NewsKind,
  RefundAnswer,
  RefundRequest,
} from "../../src/payments/index.ts";

/** What a service says of its payments by webhook. */
export interface StormNews {
  readonly orderId: bigint;
  readonly news: NewsKind;
  readonly paymentId: string;
  readonly refundId: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
}

export interface StormRefund {
  readonly key: string | null;
  readonly reference: string;
  readonly amountMinor: bigint;
  failed: boolean;
}

/** A payment in the service's books. `late`: it answered that it failed, and took the money all the same. */
export interface StormPayment {
  readonly orderId: bigint;
  readonly key: string;
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  status: "succeeded" | "failed" | "pending" | "late";
  readonly refunds: StormRefund[];
  readonly chargebacks: { readonly reference: string; readonly amountMinor: bigint }[];
}

export interface StormGateway extends Gateway {
  readonly payments: readonly StormPayment[];
  /** What has to be told, and was not taken to be told yet. */
  readonly untold: StormNews[];
  /** Ends a payment that is under way there. */
  end(payment: StormPayment): void;
  /** Gives money back from its own console; false when there is none left. */
  giveBack(payment: StormPayment, amountMinor: bigint): boolean;
  /** Says later that a refund failed. */
  failRefund(payment: StormPayment, refund: StormRefund): void;
  /** A bank takes money back, as much of what came in as it has not taken yet; false when that is nothing. */
  chargeBack(payment: StormPayment, amountMinor: bigint): boolean;
  /** From now on it does what it is asked to, and says so. */
  calmDown(): void;
}

const longestCallMs = 3; // Long enough for another call to come in between.

/**
 * A payment service in memory with whims: it declines, waits, loses replies, refuses refunds and changes its mind, and
 * tells of all of it. It honours keys, and its own books never give back more than came in.
 */
export function stormGateway(random: () => number): StormGateway {
  const payments: StormPayment[] = [];
  const untold: StormNews[] = [];
  let calm = false;
  let named = 0;
  const name = (kind: string) => {
    named += 1;
    return `${kind}-${named}`;
  };
  const chance = (of: number) => !calm && random() < of;
  const lost = { outcome: "unknown", reason: "The reply was lost." } as const;

  function tell(payment: StormPayment, news: NewsKind, about?: { reference: string; amountMinor: bigint }): void {
    const { orderId, reference: paymentId, currency } = payment;
    const amountMinor = about?.amountMinor ?? payment.amountMinor;
    untold.push({ orderId, news, paymentId, refundId: about?.reference ?? null, amountMinor, currency });
  }

  function take({ orderId, key, amountMinor, currency }: ChargeRequest): StormPayment {
    const status = chance(0.25) ? "failed" : chance(0.15) ? "pending" : chance(0.15) ? "late" : "succeeded";
    const money = { orderId, key, reference: name("pay"), amountMinor, currency };
    const payment: StormPayment = { ...money, status, refunds: [], chargebacks: [] };
    payments.push(payment);
    if (status === "succeeded" || status === "failed") tell(payment, status);
    return payment;
  }

  function answerOf({ status, reference, amountMinor, currency }: StormPayment): ChargeAnswer {
    if (status === "succeeded") return { outcome: "paid", reference, amountMinor, currency };
    if (status === "pending") return { outcome: "pending", reference };
    return { outcome: "failed", failure: "card_declined", reference: status === "late" ? null : reference };
  }

  function give(payment: StormPayment, amountMinor: bigint, key: string | null): StormRefund | undefined {
    const given = payment.refunds.reduce((sum, one) => (one.failed ? sum : sum + one.amountMinor), 0n);
    if (payment.status !== "succeeded" || given + amountMinor > payment.amountMinor) return undefined;
    const refund = { key, reference: name("re"), amountMinor, failed: false };
    payment.refunds.push(refund);
    tell(payment, "refunded", refund);
    return refund;
  }

  function refundAnswer({ failed, reference }: StormRefund): RefundAnswer {
    return failed ? { outcome: "failed", reason: "It failed.", reference } : { outcome: "refunded", reference };
  }

  const pause = () => sleep(random() * longestCallMs);

  async function charge(request: ChargeRequest): Promise<ChargeAnswer> {
    await pause();
    if (chance(0.05)) return { outcome: "not_sent", reason: "It did not get through." };
    const known = payments.find((one) => one.key === request.key);
    const payment = known ?? take(request);
    await pause();
    return chance(0.2) ? lost : answerOf(payment);
  }

  async function findCharge({ key }: ChargeRequest): Promise<ChargeAnswer | undefined> {
    await pause();
    if (chance(0.2)) return lost;
    const known = payments.find((one) => one.key === key);
    return known && answerOf(known);
  }

  async function refund({ key, chargeReference, amountMinor }: RefundRequest): Promise<RefundAnswer> {
    await pause();
    if (chance(0.1)) return { outcome: "not_sent", reason: "It did not get through." };
    const payment = payments.find((one) => one.reference === chargeReference);
    const known = payment?.refunds.find((one) => one.key === key);
    if (!payment || (!known && chance(0.1))) return { outcome: "failed", reason: "It was refused." };
    const made = known ?? give(payment, amountMinor, key);
    await pause();
    if (chance(0.2)) return lost;
    return made ? refundAnswer(made) : { outcome: "failed", reason: "It is more than is left." };
  }

  return {
    name: "storm",
    keysAreSafe: true,
    charge,
    findCharge,
    refund,
    close: async () => {},
    payments,
    untold,
    end(payment) {
      if (payment.status !== "pending" && payment.status !== "late") return;
      payment.status = payment.status === "pending" && chance(0.5) ? "failed" : "succeeded";
      tell(payment, payment.status);
    },
    giveBack: (payment, amountMinor) => give(payment, amountMinor, null) !== undefined,
    failRefund(payment, refund) {
      if (refund.failed) return;
      refund.failed = true;
      tell(payment, "refund_failed", refund);
    },
    chargeBack(payment, amountMinor) {
      const taken = payment.chargebacks.reduce((sum, one) => sum + one.amountMinor, 0n);
      if (payment.status !== "succeeded" || taken + amountMinor > payment.amountMinor) return false;
      const chargeback = { reference: name("cb"), amountMinor };
      payment.chargebacks.push(chargeback);
      tell(payment, "charged_back", chargeback);
      return true;
    },
    calmDown() {
      calm = true;
    },
  };
}
