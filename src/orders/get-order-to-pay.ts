import type { Tx } from "../platform/db.ts";
import { movesFrom, type Order } from "./order.ts";
import { orderCannotMove, orderNotFound } from "./order-errors.ts";
import { lockOrders } from "./order-queries.ts";

/**
 * An order that is not paid yet, to be paid: as it stands under its lock. What a payment needs to know is on it.
 *
 * Locks the order. Source: BOB OrderService, `get_order_to_pay`.
 * @throws order.not_found, order.cannot_move
 */
export async function getOrderToPay(tx: Tx, { orderId }: { orderId: bigint }): Promise<Order> {
  const [order] = await lockOrders(tx, { orderIds: [orderId] });
  if (!order) throw orderNotFound({ order: orderId.toString() });
  if (order.status !== "pending" && order.status !== "payment_processing") {
    throw orderCannotMove({ status: order.status, wanted: "payment_processing", allowed: movesFrom(order) });
  }
  return order;
}
