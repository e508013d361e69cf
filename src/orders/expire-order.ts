import type { Tx } from "../platform/db.ts";
import { cancelOrder } from "./cancel-order.ts";
import type { OrderPolicy } from "./changes.ts";
import { lockOrders } from "./order-queries.ts";

/**
 * Cancels an order that was not paid in time. One that was paid meanwhile, or is being paid, is left as it is.
 *
 * Locks the order. Sends `OrderCancelled`. A second call changes nothing.
 */
export async function expireOrder(
  tx: Tx,
  { orderId }: { orderId: bigint },
  policy: OrderPolicy,
  now: Date,
): Promise<void> {
  const [order] = await lockOrders(tx, { orderIds: [orderId] });
  if (order?.expiresAt === undefined || order.expiresAt === null || order.expiresAt > now) return;
  await cancelOrder(
    tx,
    { orderId, reason: "PAYMENT_FAILED", by: { actor: "orderwell", cause: "expiry" } },
    policy,
    now,
  );
}
