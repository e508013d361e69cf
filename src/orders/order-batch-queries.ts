import { many, type Sql } from "../platform/db.ts";
import type { OrderStatus } from "./order.ts";

/** The orders of a batch that have one currency and one status. */
export interface BatchSum {
  readonly currency: string;
  readonly status: OrderStatus;
  readonly orders: number;
  /** Those that wait and were never tried to be paid. */
  readonly untried: number;
  /** Sums in minor units, as text: they may be more than a bigint of the database holds. */
  readonly total: string;
  readonly captured: string;
  readonly refunded: string;
  readonly createdAt: Date;
}

/** A batch has 10,000 orders at most, so that they are counted as they are asked for. */
export const sumBatch = many<Sql, { batchId: string }, BatchSum>(
  "orders.sum_batch",
  `
  select currency, status, count(*)::int as orders,
         count(*) filter (where status = 'pending' and attempts = 0)::int as untried, sum(total_minor)::text as total,
         sum(captured_minor)::text as captured, sum(refunded_minor)::text as refunded, min(created_at) as created_at
    from orders.orders
   where batch_id = :batchId::uuid
   group by currency, status
   order by currency, status`,
);
