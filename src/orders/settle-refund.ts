import { findEntriesOf, type Refund, type RefundAnswer } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, type Changes, noChanges, type OrderPolicy } from "./changes.ts";
import { holdOrderMoney } from "./hold-order-money.ts";
import type { Order } from "./order.ts";
import { orderNotFound } from "./order-errors.ts";
import { suspectNews } from "./refund-news.ts";
import { breakPromise, type ChargeInHand, hasRoomForRefund, keepPromise, recordForeignRefund } from "./repayment.ts";
import { writeChanges } from "./write-changes.ts";

export interface RefundResult {
  readonly orderId: bigint;
  readonly refund: number;
  readonly answer: Extract<RefundAnswer, { outcome: "refunded" | "failed" }>;
  readonly by: Author;
  /** The gateway knows no keys: which of two refunds of one amount this is was only guessed. */
  readonly isGuess?: boolean;
}

/**
 * Writes down what a gateway did with a promised refund: the ledger entry when it went back, a task when it did not.
 * Answers whether it is settled: it is not when the answer was a guess, and stands for another refund.
 *
 * Locks the order. Sends `RefundProcessed`. A refund that is settled already is left as it is; money that two calls
 * without a common key sent twice is written down twice.
 * @throws order.not_found
 */
export async function settleRefund(tx: Tx, result: RefundResult, policy: OrderPolicy, now: Date): Promise<boolean> {
  const { orderId, answer, by } = result;
  const { order, charges, refunds } = await holdOrderMoney(tx, orderId);
  const refund = refunds.find((one) => one.refund === result.refund);
  const charge = charges.find((one) => one.attempt.attempt === refund?.attempt);
  if (!refund || !charge) throw orderNotFound({ order: orderId.toString() });

  const changes = noChanges(now, policy);
  if (answer.outcome === "refunded") {
    const { reference } = answer;
    const entries = await findEntriesOf(tx, { gateway: charge.attempt.gateway, reference });
    const taken = entries.some(({ kind }) => kind === "refund");
    if (taken && result.isGuess && refund.state === "requested") return false;
    applyRefunded(changes, order, { refund, charge, reference, by, taken });
  } else if (refund.state === "requested") {
    breakPromise(changes, order, refund, { failure: answer.reason, reference: answer.reference ?? null });
  }
  writeChanges(tx, changes);
  return true;
}

interface Refunded {
  readonly refund: Refund;
  readonly charge: ChargeInHand;
  readonly reference: string;
  readonly by: Author;
  /** The ledger has this refund. */
  readonly taken: boolean;
}

function applyRefunded(changes: Changes, order: Order, { taken, charge, ...sent }: Refunded): void {
  const { refund, reference, by } = sent;
  const { attempt, money } = charge;
  if (refund.state === "requested") {
    if (!taken) keepPromise(changes, order, { ...sent, attempt });
    else {
      const failure = `The gateway answered with its refund ${reference}, which stands for another one.`;
      breakPromise(changes, order, refund, { failure, reference: null });
    }
    return;
  }
  // That very refund, which may have failed since.
  if (taken || refund.reference === reference) return;
  const { orderId, amountMinor, currency } = refund;
  const fits = money.refundingMinor + money.refundedMinor + amountMinor <= money.capturedMinor;
  if (fits && hasRoomForRefund(order)) {
    recordForeignRefund(changes, order, { attempt, amountMinor, reference, by });
    return;
  }
  const said = { orderId, reference: attempt.reference ?? "", refundReference: reference, amountMinor, currency };
  suspectNews(changes, charge, { ...said, cause: by.cause }, "refund");
}
