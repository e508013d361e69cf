import { many, type Sql } from "../platform/db.ts";
import type { OrderStatus } from "./order.ts";

/** Orders of one status and currency, and the money of them all. */
export interface OrderSum {
  readonly status: OrderStatus;
  readonly currency: string;
  readonly orders: bigint;
  readonly totalMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
}

const sums = `
  select status, currency, count(*) as orders, sum(total_minor)::bigint as total_minor,
         sum(captured_minor)::bigint as captured_minor, sum(refunded_minor)::bigint as refunded_minor
    from orders.orders`;

export const sumOfImport = many<Sql, { importId: string }, OrderSum>(
  "orders.sum_of_import",
  `${sums}
   where import_id = :importId::uuid
   group by status, currency
   order by currency, status`,
);

export const sumOfBatch = many<Sql, { batchId: string }, OrderSum>(
  "orders.sum_of_batch",
  `${sums}
   where batch_id = :batchId::uuid
   group by status, currency
   order by currency, status`,
);
