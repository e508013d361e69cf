import type { Refund } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { noChanges, type OrderPolicy } from "./changes.ts";
import { holdOrderMoney } from "./hold-order-money.ts";
import type { Order } from "./order.ts";
import {
  orderNothingToRefund,
  orderPaymentUnderWay,
  orderRefundCurrency,
  orderRefundsTooMany,
  orderRefundTooLarge,
  paymentRetrySeconds,
} from "./order-errors.ts";
import { chargesLeft, hasRoomForRefund, promiseRefund } from "./repayment.ts";
import { writeChanges } from "./write-changes.ts";

export interface RequestRefund {
  readonly orderId: bigint;
  /** Undefined: all that one payment has left. */
  readonly amountMinor: bigint | undefined;
  /** What the caller takes the order's currency for; undefined when it relies on the order. */
  readonly currency?: string | undefined;
  readonly reason: string;
}

/**
 * Promises part of an order's money back, or all of it, and queues the call that gives it. The order stays where it is,
 * shipped or not: cancelling is another matter.
 *
 * Locks the order. A refund goes back on one payment: the one with most left. Refunds, with what banks took, never
 * exceed what was captured.
 * @throws order.not_found, order.payment_under_way, order.nothing_to_refund, order.refund_currency,
 * order.refund_too_large, order.refunds_too_many
 */
export async function requestRefund(
  tx: Tx,
  { orderId, amountMinor, currency, reason }: RequestRefund,
  policy: OrderPolicy,
  now: Date,
): Promise<{ order: Order; refund: Refund }> {
  const hand = await holdOrderMoney(tx, orderId);
  const { order } = hand;
  if (currency !== undefined && currency !== order.currency) throw orderRefundCurrency({ currency: order.currency });
  if (order.status === "payment_processing") throw orderPaymentUnderWay({}, { retryAfterSeconds: paymentRetrySeconds });
  const [charge] = chargesLeft(hand);
  if (!charge) throw orderNothingToRefund({});
  const { attempt, leftMinor } = charge;
  if (amountMinor !== undefined && (amountMinor > leftMinor || amountMinor <= 0n)) {
    const faults = [{ pointer: "/amount", detail: `Must be from 1 to ${leftMinor}.` }];
    throw orderRefundTooLarge({ leftMinor, currency: order.currency }, { faults });
  }
  if (!hasRoomForRefund(order)) throw orderRefundsTooMany({});

  const changes = noChanges(now, policy);
  const after = promiseRefund(changes, order, { attempt, amountMinor: amountMinor ?? leftMinor, reason });
  writeChanges(tx, changes);
  return { order: after, refund: changes.refunds[0] as Refund };
}
