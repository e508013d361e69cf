import { findAttempts } from "../payments/index.ts";
import type { Sql } from "../platform/db.ts";
import type { OrderName } from "./name-orders.ts";
import { orderNumber } from "./number.ts";
import type { OrderStatus } from "./order.ts";
import { findOrders } from "./order-queries.ts";

/** What an order is called outside, and how it stands. */
export interface OrderTold extends OrderName {
  readonly status: OrderStatus;
  /** Why the newest payment of an unpaid order failed; null when none did. */
  readonly paymentFailure: string | null;
}

/** How orders stand now, by their ids; those that do not exist are left out. Asks nothing for no orders. */
export async function tellOrders(sql: Sql, orderIds: readonly bigint[]): Promise<ReadonlyMap<bigint, OrderTold>> {
  const asked = [...new Set(orderIds)];
  const found = asked.length === 0 ? [] : await findOrders(sql, { orderIds: asked });
  const tried = found.filter((order) => order.status === "pending" && order.attempts > 0);
  const attempts = tried.length === 0 ? [] : await findAttempts(sql, { orderIds: tried.map((order) => order.orderId) });
  // The newest of each order comes last.
  const failures = new Map(attempts.map(({ orderId, failure }) => [orderId, failure]));
  return new Map(
    found.map(({ orderId, uid, status }) => {
      const told = { uid, number: orderNumber(orderId), status, paymentFailure: failures.get(orderId) ?? null };
      return [orderId, told];
    }),
  );
}
