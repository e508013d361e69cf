import type { Tx } from "../platform/db.ts";
import { advanceOrder } from "./advance-order.ts";
import { cancelOrder } from "./cancel-order.ts";
import type { Author, OrderPolicy } from "./changes.ts";
import { findOrdersWithItems } from "./find-orders.ts";
import { isOrderStatus, movesFrom, type OrderWithItems } from "./order.ts";
import { orderCannotMove, orderNotFound, orderStatusUnknown } from "./order-errors.ts";

/**
 * Moves an order as v1 asks for it: to shipped, delivered or cancelled. Status words are read in any case.
 *
 * Locks the order. Sends what `advanceOrder` and `cancelOrder` send. Asked twice, it changes nothing the second time.
 * @throws order.not_found, order.cannot_move, order.payment_under_way, order.status_unknown
 */
export async function changeStatusV1(
  tx: Tx,
  { orderId, status, by }: { orderId: bigint; status: string; by: Author },
  policy: OrderPolicy,
  now: Date,
): Promise<OrderWithItems> {
  const wanted = status.toLowerCase();
  if (!isOrderStatus(wanted)) {
    throw orderStatusUnknown({ status }, { faults: [{ pointer: "/status", detail: "Is no status of an order." }] });
  }
  if (wanted === "cancelled") await cancelOrder(tx, { orderId, reason: "CUSTOMER_REQUESTED", by }, policy, now);
  else if (wanted === "shipped" || wanted === "delivered")
    await advanceOrder(tx, { orderId, to: wanted, by }, policy, now);
  const [order] = await findOrdersWithItems(tx, [orderId]);
  if (!order) throw orderNotFound({ order: orderId.toString() });
  // The others follow from payment; nobody sets them by hand, not even to what the order is.
  const settable = wanted === "cancelled" || wanted === "shipped" || wanted === "delivered";
  if (!settable) throw orderCannotMove({ status: order.status, wanted, allowed: movesFrom(order) });
  return order;
}
