import { many, type Sql } from "../platform/db.ts";
import type { OrderStatus } from "./order.ts";

/** Orders of one status and currency. Sums are text: they may be more than a bigint of the database holds. */
export interface FoundSum {
  readonly status: OrderStatus;
  readonly currency: string;
  readonly orders: number;
  readonly untried: number;
  readonly total: string;
  readonly captured: string;
  readonly refunded: string;
  readonly createdAt: Date;
}

const sums = `
  select status, currency, count(*)::int as orders,
         count(*) filter (where status = 'pending' and attempts = 0)::int as untried, sum(total_minor)::text as total,
         sum(captured_minor)::text as captured, sum(refunded_minor)::text as refunded, min(created_at) as created_at
    from orders.orders`;

export const sumOfImport = many<Sql, { importId: string }, FoundSum>(
  "orders.sum_of_import",
  `${sums}
   where import_id = :importId::uuid
   group by status, currency
   order by currency, status`,
);

export const sumOfBatch = many<Sql, { batchId: string }, FoundSum>(
  "orders.sum_of_batch",
  `${sums}
   where batch_id = :batchId::uuid
   group by status, currency
   order by currency, status`,
);
