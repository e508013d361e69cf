import { findProviderOrders, type ProviderOrder } from "../fulfillment/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, addEvent, type Changes, noChanges, type OrderPolicy } from "./changes.ts";
import { canMove, movesFrom, type Order } from "./order.ts";
import { orderCannotMove, orderNotFound } from "./order-errors.ts";
import { fulfilmentFulfilled, fulfilmentReady, orderCompleted } from "./order-events.ts";
import { lockOrders } from "./order-queries.ts";
import { letterJobs } from "./tell-customer.ts";
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
  const moved = (to === "shipped" ? ship : deliver)(changes, order, { parts, by });
  writeChanges(tx, changes);
  return moved;
}

type Goods = { readonly parts: readonly ProviderOrder[]; readonly by: Author };

/** Every part is ready; the order ships with the last of them. */
function ship(changes: Changes, order: Order, { parts, by }: Goods): Order {
  changes.jobs.push(...letterJobs(order, "order_shipped"));
  return parts.reduce((moved, part, index) => {
    changes.partsSaved.push({ ...part, fulfilment: "ready" });
    const last = index === parts.length - 1;
    const news = { ...fulfilmentReady(order, part.providerId, changes.now), by };
    return addEvent(changes, moved, news, last ? { to: "shipped" } : {});
  }, order);
}

/** Every part is handed over, and the order is complete. */
function deliver(changes: Changes, order: Order, { parts, by }: Goods): Order {
  const handed = parts.reduce((moved, part) => {
    changes.partsSaved.push({ ...part, fulfilment: "fulfilled" });
    return addEvent(changes, moved, { ...fulfilmentFulfilled(order, part.providerId, changes.now), by });
  }, order);
  return addEvent(changes, handed, { ...orderCompleted(order, changes.now), by }, { to: "delivered" });
}
