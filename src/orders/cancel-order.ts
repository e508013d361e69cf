import { findProviderOrders } from "../fulfillment/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, addEvent, type Changes, noChanges, type OrderPolicy } from "./changes.ts";
import { holdOrderMoney } from "./hold-order-money.ts";
import { canMove, movesFrom, type Order } from "./order.ts";
import { orderCannotMove, orderPaymentUnderWay, paymentRetrySeconds } from "./order-errors.ts";
import { type CancelReason, orderCancelled } from "./order-events.ts";
import { chargesLeft, type MoneyInHand, promiseRefund } from "./repayment.ts";
import { letterJobs } from "./tell-customer.ts";
import { writeChanges } from "./write-changes.ts";

export interface CancelOrder {
  readonly orderId: bigint;
  readonly reason: CancelReason;
  readonly by: Author;
}

/**
 * Cancels an order that has not shipped, promises its money back and queues the refund and the mail.
 *
 * Locks the order. Sends `OrderCancelled`. A second cancel changes nothing and sends nothing.
 * @throws order.not_found, order.cannot_move, order.payment_under_way
 */
export async function cancelOrder(
  tx: Tx,
  { orderId, reason, by }: CancelOrder,
  policy: OrderPolicy,
  now: Date,
): Promise<Order> {
  const [hand, parts] = await Promise.all([
    holdOrderMoney(tx, orderId),
    findProviderOrders(tx, { orderIds: [orderId] }),
  ]);
  const { order } = hand;
  if (order.status === "cancelled") return order;
  if (order.status === "payment_processing") throw orderPaymentUnderWay({}, { retryAfterSeconds: paymentRetrySeconds });
  const handedOver = parts.some((part) => part.fulfilment === "ready" || part.fulfilment === "fulfilled");
  if (handedOver || !canMove(order, "cancelled")) {
    throw orderCannotMove({ status: order.status, wanted: "cancelled", allowed: movesFrom(order) });
  }

  const changes = noChanges(now, policy);
  const cancelled = addEvent(changes, order, { ...orderCancelled(order, reason, now), by }, { to: "cancelled" });
  for (const part of parts) changes.partsSaved.push({ ...part, processing: "cancelled" });
  changes.jobs.push(...letterJobs(cancelled, "order_cancelled"));
  const settled = giveBack(changes, hand, cancelled);
  writeChanges(tx, changes);
  return settled;
}

/** What is left of each payment goes back on it, by which it came. */
function giveBack(changes: Changes, hand: MoneyInHand, cancelled: Order): Order {
  let order = cancelled;
  for (const { attempt, leftMinor } of chargesLeft(hand)) {
    order = promiseRefund(changes, order, { attempt, amountMinor: leftMinor, reason: "order_cancelled" });
  }
  return order;
}
