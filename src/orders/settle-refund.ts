import { findEntriesOf, type PaymentAttempt, type Refund, type RefundAnswer } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, type Changes, noChanges, type OrderPolicy } from "./changes.ts";
import { holdOrderMoney } from "./hold-order-money.ts";
import type { Order } from "./order.ts";
import { orderNotFound } from "./order-errors.ts";
import { breakPromise, keepPromise, recordForeignRefund } from "./repayment.ts";
import { writeChanges } from "./write-changes.ts";

export interface RefundResult {
  readonly orderId: bigint;
  readonly refund: number;
  readonly answer: Extract<RefundAnswer, { outcome: "refunded" | "failed" }>;
  readonly by: Author;
}

/**
 * Writes down what a gateway did with a promised refund: the ledger entry when it went back, a task when it did not.
 *
 * Locks the order. Sends `RefundProcessed`. A refund that is settled already is left as it is; money that two calls
 * without a common key sent twice is written down twice.
 * @throws order.not_found
 */
export async function settleRefund(tx: Tx, result: RefundResult, policy: OrderPolicy, now: Date): Promise<void> {
  const { orderId, answer, by } = result;
  const { order, charges, refunds } = await holdOrderMoney(tx, orderId);
  const refund = refunds.find((one) => one.refund === result.refund);
  const attempt = charges.find((one) => one.attempt.attempt === refund?.attempt)?.attempt;
  if (!refund || !attempt) throw orderNotFound({ order: orderId.toString() });

  const changes = noChanges(now, policy);
  if (answer.outcome === "refunded") {
    const { reference } = answer;
    const entries = await findEntriesOf(tx, { gateway: attempt.gateway, reference });
    const taken = entries.some(({ kind }) => kind === "refund");
    applyRefunded(changes, order, { refund, attempt, reference, by, taken });
  } else if (refund.state === "requested") {
    breakPromise(changes, order, refund, { failure: answer.reason, reference: answer.reference ?? null });
  }
  writeChanges(tx, changes);
}

interface Refunded {
  readonly refund: Refund;
  readonly attempt: PaymentAttempt;
  readonly reference: string;
  readonly by: Author;
  /** The ledger has this refund. */
  readonly taken: boolean;
}

function applyRefunded(changes: Changes, order: Order, { taken, ...sent }: Refunded): void {
  const { refund, attempt, reference, by } = sent;
  if (refund.state === "requested") {
    if (!taken) keepPromise(changes, order, sent);
    else {
      const failure = `The gateway answered with its refund ${reference}, which stands for another one.`;
      breakPromise(changes, order, refund, { failure, reference: null });
    }
    return;
  }
  // That very refund, which may have failed since.
  if (taken || refund.reference === reference) return;
  const { amountMinor } = refund;
  if (order.refundingMinor + order.refundedMinor + amountMinor <= order.capturedMinor) {
    recordForeignRefund(changes, order, { attempt, amountMinor, reference, by });
    return;
  }
  changes.tasks.push({
    kind: "payment_unexpected",
    cause: `refund unexpected order ${order.orderId} reference ${reference}`,
    orderId: order.orderId,
    detail: { refund: refund.refund, amountMinor, currency: refund.currency, reference, heardFrom: by.cause },
  });
}
