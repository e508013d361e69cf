import type { Sql } from "../platform/db.ts";
import { batchNotFound } from "./order-errors.ts";
import { type OrderSum, sumOrders } from "./sum-orders.ts";

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The sums of a batch's orders as they stand, at least one.
 * @throws order.batch_not_found
 */
export async function getBatch(sql: Sql, batchId: string): Promise<OrderSum[]> {
  const sums = uuidShape.test(batchId) ? await sumOrders(sql, { batchId }) : [];
  if (sums.length === 0) throw batchNotFound({ batch: batchId });
  return sums;
}
