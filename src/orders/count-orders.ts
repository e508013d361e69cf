import type { Tx } from "../platform/db.ts";
import { allowScans } from "../platform/scan-queries.ts";
import { type OrderStatus, orderStatuses } from "./order.ts";
import { countOrdersByStatus } from "./order-count-queries.ts";

/** Counts the orders in every status, also in those that no order has. Reads the whole table and locks nothing. */
export async function countOrders(tx: Tx): Promise<{ status: OrderStatus; orders: number }[]> {
  const [, counts] = await Promise.all([allowScans(tx, {}), countOrdersByStatus(tx, {})]);
  const byStatus = new Map(counts.map(({ status, orders }) => [status, Number(orders)]));
  return orderStatuses.map((status) => ({ status, orders: byStatus.get(status) ?? 0 }));
}
