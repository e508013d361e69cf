import { findProviderOrders } from "../fulfillment/index.ts";
import { findAttempts } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, addEvent, type Changes, noChanges, type OrderPolicy } from "./changes.ts";
import { balanceMinor, canMove, movesFrom, type Order } from "./order.ts";
import { orderCannotMove, orderNotFound, orderPaymentUnderWay } from "./order-errors.ts";
import { type CancelReason, orderCancelled } from "./order-events.ts";
import { lockOrders } from "./order-queries.ts";
import { promiseRefund } from "./settlement.ts";
import { letterJob } from "./tell-customer.ts";
import { writeChanges } from "./write-changes.ts";

export interface CancelOrder {
  readonly orderId: bigint;
  readonly reason: CancelReason;
  readonly by: Author;
}

/** A gateway answers within half a minute, so that is when asking again is worth it. */
const paymentRetrySeconds = 30;

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
  const orderIds = [orderId];
  const [[order], attempts, parts] = await Promise.all([
    lockOrders(tx, { orderIds }),
    findAttempts(tx, { orderIds }),
    findProviderOrders(tx, { orderIds }),
  ]);
  if (!order) throw orderNotFound({ order: orderId.toString() });
  if (order.status === "cancelled") return order;
  if (order.status === "payment_processing") throw orderPaymentUnderWay({}, { retryAfterSeconds: paymentRetrySeconds });
  const handedOver = parts.some((part) => part.fulfilment === "ready" || part.fulfilment === "fulfilled");
  if (handedOver || !canMove(order, "cancelled")) {
    throw orderCannotMove({ status: order.status, wanted: "cancelled", allowed: movesFrom(order) });
  }

  const changes = noChanges(now, policy);
  const cancelled = addEvent(changes, order, { ...orderCancelled(order, reason, now), by }, { to: "cancelled" });
  for (const part of parts) changes.partsSaved.push({ ...part, processing: "cancelled" });
  changes.jobs.push(letterJob(orderId, "order_cancelled"));
  const settled = giveBack(changes, cancelled, attempts);
  writeChanges(tx, changes);
  return settled;
}

/** What was captured and not promised back yet goes back on the attempt that brought it. */
function giveBack(changes: Changes, order: Order, attempts: Awaited<ReturnType<typeof findAttempts>>): Order {
  const paid = attempts.find((attempt) => attempt.state === "paid");
  if (!paid) return order;
  // What other attempts brought besides was promised back when it came.
  let amountMinor = balanceMinor(order);
  if (amountMinor > paid.amountMinor) amountMinor = paid.amountMinor;
  if (amountMinor === 0n) return order;
  return promiseRefund(changes, order, { attempt: paid, amountMinor, reason: "order_cancelled" });
}
