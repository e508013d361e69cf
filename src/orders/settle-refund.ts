import { findAttempts, findRefund, type RefundAnswer, updateRefund } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, addEvent, noChanges, type OrderPolicy, setCounters } from "./changes.ts";
import { orderNotFound } from "./order-errors.ts";
import { refundProcessed } from "./order-events.ts";
import { lockOrders } from "./order-queries.ts";
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
 * Locks the order. Sends `RefundProcessed`. A refund that is settled already is left as it is.
 * @throws order.not_found
 */
export async function settleRefund(tx: Tx, result: RefundResult, policy: OrderPolicy, now: Date): Promise<void> {
  const { orderId, refund: number, answer, by } = result;
  const orderIds = [orderId];
  const [[order], attempts, refund] = await Promise.all([
    lockOrders(tx, { orderIds }),
    findAttempts(tx, { orderIds }),
    findRefund(tx, { orderId, refund: number }),
  ]);
  const attempt = attempts.find((one) => one.attempt === refund?.attempt);
  if (!order || !refund || !attempt) throw orderNotFound({ order: orderId.toString() });
  if (refund.state !== "requested") return;

  const changes = noChanges(now, policy);
  const refundingMinor = order.refundingMinor - refund.amountMinor;
  if (answer.outcome === "refunded") {
    const set = { refundingMinor, refundedMinor: order.refundedMinor + refund.amountMinor };
    const after = addEvent(changes, order, { ...refundProcessed(order, refund, attempt.key, now), by }, { set });
    changes.entries.push({
      orderId,
      sequence: after.lastSequence,
      attempt: attempt.attempt,
      kind: "refund",
      amountMinor: refund.amountMinor,
      currency: refund.currency,
      gateway: attempt.gateway,
      reference: answer.reference,
      cause: by.cause,
      actor: by.actor,
      recordedAt: now,
    });
    await updateRefund(tx, {
      orderId,
      refund: number,
      state: "succeeded",
      reference: answer.reference,
      failure: null,
      now,
    });
  } else {
    setCounters(changes, order, { refundingMinor });
    changes.tasks.push({
      kind: "refund_failed",
      cause: `refund_failed order ${orderId} refund ${number}`,
      orderId,
      detail: {
        refund: number,
        amountMinor: refund.amountMinor.toString(),
        currency: refund.currency,
        reason: answer.reason,
      },
    });
    await updateRefund(tx, { orderId, refund: number, state: "failed", reference: null, failure: answer.reason, now });
  }
  writeChanges(tx, changes);
}
