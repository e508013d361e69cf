import { many, type Sql } from "../platform/db.ts";

/** An order of a batch or an import that waits to be paid. */
export interface UnpaidOrder {
  readonly orderId: bigint;
  /** How often it was tried. */
  readonly attempts: number;
  /** Where the next page begins: behind it. */
  readonly position: bigint;
}

/** The batch is read first and sorted then: walking all orders by their ids for the few of one batch would take for ever. */
export const listUnpaidOfBatch = many<Sql, { batchId: string; after: bigint; limit: number }, UnpaidOrder>(
  "orders.list_unpaid_of_batch",
  `
  with members as materialized (
    select order_id, attempts, status
      from orders.orders
     where batch_id = :batchId::uuid
  )
  select order_id, attempts, order_id as position
    from members
   where status = 'pending' and order_id > :after
   order by order_id
   limit :limit`,
);

/** By the rows of the file, as its index has them. */
export const listUnpaidOfImport = many<Sql, { importId: string; after: bigint; limit: number }, UnpaidOrder>(
  "orders.list_unpaid_of_import",
  `
  select order_id, attempts, import_row::bigint as position
    from orders.orders
   where import_id = :importId::uuid and import_row > :after::bigint and status = 'pending'
   order by import_row
   limit :limit`,
);
