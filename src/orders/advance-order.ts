import { findProviderOrders } from "../fulfillment/index.ts";
import type { Tx } from "../platform/db.ts";
import { queued } from "../platform/jobs.ts";
import { addEvent, type Author, noChanges, type OrderPolicy } from "./changes.ts";
import { canMove, movesFrom, type Order } from "./order.ts";
import { orderCannotMove, orderNotFound } from "./order-errors.ts";
import { fulfilmentFulfilled, fulfilmentReady, orderCompleted } from "./order-events.ts";
import { lockOrders } from "./order-queries.ts";
import { tellCustomer } from "./tell-customer.ts";
import { writeChanges } from "./write-changes.ts";

export interface AdvanceOrder {
  readonly orderId: bigint;
  readonly to: "shipped" | "delivered";
  readonly by: Author;
}

/**
 * Moves a paid order to shipped, or a shipped one to delivered, together with the parts that the merchant handles.
 *
 * Locks the order. Sends `FulfilmentReady`, or `FulfilmentFulfilled` and `OrderCompleted`; shipping queues the mail.
 * An order that stands there already is left as it is.
 * @throws order.not_found, order.cannot_move
 */
export async function advanceOrder(
  tx: Tx,
  { orderId, to, by }: AdvanceOrder,
  policy: OrderPolicy,
  now: Date,
): Promise<Order> {
  const orderIds = [orderId];
  const [[order], parts] = await Promise.all([lockOrders(tx, { orderIds }), findProviderOrders(tx, { orderIds })]);
  if (!order) throw orderNotFound({ order: orderId.toString() });
  if (order.status === to) return order;
  if (!canMove(order, to)) throw orderCannotMove({ status: order.status, wanted: to, allowed: movesFrom(order) });

  const changes = noChanges(now, policy);
  let moved = order;
  const shipped = to === "shipped";
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const news = (shipped ? fulfilmentReady : fulfilmentFulfilled)(order, part.providerId, now);
    moved = addEvent(changes, moved, { ...news, by }, shipped && last ? { to } : {});
    changes.partsSaved.push({ ...part, fulfilment: shipped ? "ready" : "fulfilled" });
  }
  if (shipped) changes.jobs.push(queued(tellCustomer, { orderId: orderId.toString(), kind: "order_shipped" }));
  else moved = addEvent(changes, moved, { ...orderCompleted(order, now), by }, { to });
  await writeChanges(tx, changes);
  return moved;
}
