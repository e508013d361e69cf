import { many, type Tx } from "../platform/db.ts";
import type { OrderStatus } from "./order.ts";

/** Reads every order: 0.4 s for two millions (2026-11). Whoever asks must not ask often. */
export const countOrdersByStatus = many<Tx, Record<never, never>, { status: OrderStatus; orders: bigint }>(
  "orders.count_orders_by_status",
  "select status, count(*) as orders from orders.orders group by status",
);
