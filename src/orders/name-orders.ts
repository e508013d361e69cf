import type { Sql } from "../platform/db.ts";
import { orderNumber } from "./number.ts";
import { findOrders } from "./order-queries.ts";

/** What an order is called outside. */
export interface OrderName {
  readonly uid: string;
  readonly number: string;
}

/** What orders are called, by their ids; those that do not exist are left out. Asks nothing for no orders. */
export async function nameOrders(sql: Sql, orderIds: readonly bigint[]): Promise<ReadonlyMap<bigint, OrderName>> {
  const asked = [...new Set(orderIds)];
  const found = asked.length === 0 ? [] : await findOrders(sql, { orderIds: asked });
  return new Map(found.map(({ orderId, uid }) => [orderId, { uid, number: orderNumber(orderId) }]));
}
