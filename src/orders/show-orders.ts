import { findProviderOrders } from "../fulfillment/index.ts";
import { findAttempts } from "../payments/index.ts";
import type { Sql } from "../platform/db.ts";
import { findOrdersWithItems } from "./find-orders.ts";
import { findOrigins } from "./order-queries.ts";
import { type OrderView, orderView } from "./order-view.ts";

/** Orders as v2 shows them, in the order of the ids given; those that do not exist are left out. */
export async function showOrders(sql: Sql, ids: readonly bigint[]): Promise<OrderView[]> {
  if (ids.length === 0) return [];
  const orderIds = [...ids];
  const [orders, attempts, parts, origins] = await Promise.all([
    findOrdersWithItems(sql, orderIds),
    findAttempts(sql, { orderIds }),
    findProviderOrders(sql, { orderIds }),
    findOrigins(sql, { orderIds }),
  ]);
  const attemptsOf = Map.groupBy(attempts, (attempt) => attempt.orderId);
  const partsOf = Map.groupBy(parts, (part) => part.orderId);
  const originOf = new Map(origins.map((origin) => [origin.orderId, origin]));
  return orders.flatMap((order) => {
    const { orderId } = order;
    const origin = originOf.get(orderId);
    if (!origin) return [];
    return orderView(order, { attempts: attemptsOf.get(orderId) ?? [], parts: partsOf.get(orderId) ?? [], origin });
  });
}
