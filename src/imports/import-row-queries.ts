import { copyRows } from "../platform/copy-rows.ts";
import { change, many, type Sql, type Tx } from "../platform/db.ts";
import type { ImportRowStatus } from "./import.ts";
import type { RowFault } from "./reading.ts";

// The planner knows nothing of tables that are filled within seconds. So the statements of this file leave it no choice:
// orders and rows are read within a range of their numbers, never to a limit alone, which it may reach by reading and
// sorting all; and the import comes with each thing that is joined, so that no join compares all with all.

/** Rows of one order that stand together, as they are kept. */
export interface StagedOrder {
  readonly importId: bigint;
  readonly orderNo: number;
  readonly rows: number;
  readonly liveRows: number;
  readonly characters: number;
  readonly exception: string | null;
  readonly unpaid: boolean;
  readonly reference: string | null;
  readonly source: string | null;
  readonly uid: string | null;
  readonly draft: string | null;
}

export interface StagedRow {
  readonly importId: bigint;
  readonly rowNo: number;
  readonly orderNo: number;
  readonly line: number;
  readonly dropped: boolean;
  readonly faults: string | null;
  readonly raw: string;
}

export const copyOrders = copyRows<StagedOrder>("imports.copy_orders", "imports.import_orders", {
  import_id: (order) => order.importId,
  order_no: (order) => order.orderNo,
  rows: (order) => order.rows,
  live_rows: (order) => order.liveRows,
  characters: (order) => order.characters,
  exception: (order) => order.exception,
  unpaid: (order) => order.unpaid,
  reference: (order) => order.reference,
  source: (order) => order.source,
  uid: (order) => order.uid,
  draft: (order) => order.draft,
});

export const copyImportRows = copyRows<StagedRow>("imports.copy_rows", "imports.import_rows", {
  import_id: (row) => row.importId,
  row_no: (row) => row.rowNo,
  order_no: (row) => row.orderNo,
  line: (row) => row.line,
  dropped: (row) => row.dropped,
  faults: (row) => row.faults,
  raw: (row) => row.raw,
});

/** Takes away what an earlier reading left, so many orders at a time. */
export const deleteOrders = change<Tx, { importId: bigint; limit: number }>(
  "imports.delete_orders",
  `
  delete from imports.import_orders
   where import_id = :importId
     and order_no <= (select max(order_no) from (select order_no from imports.import_orders
                                                  where import_id = :importId order by order_no limit :limit) as first)`,
);

export const deleteRows = change<Tx, { importId: bigint; limit: number }>(
  "imports.delete_rows",
  `
  delete from imports.import_rows
   where import_id = :importId
     and row_no <= (select max(row_no) from (select row_no from imports.import_rows
                                              where import_id = :importId order by row_no limit :limit) as first)`,
);

/** Rows by their numbers, in the order of the file, with so much of each text at most. */
export const listRowsOf = many<
  Sql,
  { importId: bigint; rowNos: number[]; characters: number },
  { orderNo: number; rowNo: number; line: number; raw: string; dropped: boolean }
>(
  "imports.list_rows_of",
  `
  select order_no, row_no, line, left(raw, :characters::int) as raw, dropped
    from imports.import_rows
   where import_id = :importId and row_no = any(:rowNos::int[])
   order by row_no`,
);

/** What became of orders; on all fragments of one. Touches no index where there is no exception. */
export const saveOutcomes = change<
  Tx,
  {
    importIds: bigint[];
    orderNos: number[];
    orderIds: (bigint | null)[];
    exceptions: (string | null)[];
    reasons: (string | null)[];
  }
>(
  "imports.save_outcomes",
  `
  update imports.import_orders as staged
     set order_id = given.order_id, exception = given.exception, reason = given.reason, draft = null
    from unnest(:importIds::bigint[], :orderNos::int[], :orderIds::bigint[], :exceptions::text[], :reasons::json[])
           as given (import_id, order_no, order_id, exception, reason)
   where staged.import_id = given.import_id and staged.order_no = given.order_no
     and staged.order_id is null and staged.exception is null`,
);

/** The same on what was merged into an order; the main ones stand already. */
export const saveFragmentOutcomes = change<Tx, { importIds: bigint[]; orderNos: number[] }>(
  "imports.save_fragment_outcomes",
  `
  update imports.import_orders as fragments
     set order_id = staged.order_id, exception = staged.exception, reason = staged.reason, draft = null, live_rows = 0,
         fragments = 0
    from unnest(:importIds::bigint[], :orderNos::int[]) as given (import_id, order_no)
    join imports.import_orders as staged using (import_id, order_no)
   where fragments.import_id = given.import_id and fragments.merged_into = given.order_no`,
);

/** An order that waits to be placed. */
export interface WaitingOrder {
  readonly orderNo: number;
  readonly liveRows: number;
  readonly fragments: number;
  readonly unpaid: boolean;
  readonly source: string | null;
  readonly uid: string | null;
  readonly draft: object;
}

/** A range of rows; it has the orders that begin there. */
export type RowRange = { importId: bigint; after: number; to: number };

/** Orders that wait to be placed, in the order of the file: as many as have so many rows, the first in any case. */
export const listWaiting = many<Sql, RowRange & { rows: number }, WaitingOrder>(
  "imports.list_waiting",
  `
  select order_no, live_rows, fragments, unpaid, source, uid, draft
    from (select order_no, live_rows, fragments, unpaid, source, uid, draft,
                 sum(live_rows) over (order by order_no) - live_rows as rows_before
            from imports.import_orders
           where import_id = :importId and order_no > :after and order_no <= :to
             and order_id is null and exception is null and merged_into is null) as waiting
   where rows_before < :rows
   order by order_no
   limit :to - :after`,
);

/** The names of orders that wait, to look whether they are known. */
export const listWaitingNames = many<
  Sql,
  RowRange,
  {
    orderNo: number;
    liveRows: number;
    fragments: number;
    reference: string | null;
    source: string | null;
    uid: string | null;
  }
>(
  "imports.list_waiting_names",
  `
  select order_no, live_rows, fragments, reference, source, uid
    from imports.import_orders
   where import_id = :importId and order_no > :after and order_no <= :to
     and order_id is null and exception is null and merged_into is null
   order by order_no
   limit :to - :after`,
);

/** A row of the file and what became of it. */
export interface ImportRow {
  readonly rowNo: number;
  readonly line: number;
  readonly orderNo: number;
  readonly status: ImportRowStatus;
  /** What is wrong with the row itself. */
  readonly faults: readonly RowFault[] | null;
  /** Why its order was rejected after it was read. */
  readonly reason: RowFault | null;
  readonly reference: string | null;
  readonly orderId: bigint | null;
  readonly raw: string;
}

// Rows may have a megabyte each: of many of them no more is read than so many bytes, one row more at most. Their texts are
// looked at last, so that of those that are left out none is read.
const bounded = `
  select row_no, line, order_no, faults, reason, reference, order_id, left(raw, :characters::int) as raw, status
    from (select page.*,
                 sum(least(octet_length(raw), :characters::bigint * 4)) over (order by row_no)
                   - least(octet_length(raw), :characters::bigint * 4) as bytes_before
            from (`;

const rowColumns = `${bounded}
  select rows.row_no, rows.line, rows.order_no, rows.faults, staged.reason, staged.reference, staged.order_id, rows.raw,
         case when rows.dropped then 'dropped'
              else coalesce(staged.exception, case when staged.order_id is null then 'pending' else 'placed' end)
              end as status`;

/** From rows to their orders. */
const along = `${rowColumns}
    from imports.import_rows as rows
   cross join lateral (
          select exception, reason, reference, order_id
            from imports.import_orders
           where import_orders.import_id = rows.import_id and import_orders.order_no = rows.order_no
          offset 0) as staged
   where rows.import_id = :importId and rows.row_no > :after and rows.row_no <= :to`;

const inOrder = `
   order by rows.row_no
   limit :limit) as page) as weighed
   where bytes_before < :bytes
   order by row_no`;

/** So many rows, in so many bytes, with so much of each text. */
export type RowPage = RowRange & { limit: number; bytes: number; characters: number };

/** Rows in the order of the file. */
export const listRows = many<Sql, RowPage, ImportRow>("imports.list_rows", `${along}${inOrder}`);

export const listPlacedRows = many<Sql, RowPage, ImportRow>(
  "imports.list_placed_rows",
  `${along} and staged.order_id is not null and staged.exception is null and not rows.dropped${inOrder}`,
);

export const listPendingRows = many<Sql, RowPage, ImportRow>(
  "imports.list_pending_rows",
  `${along} and staged.order_id is null and staged.exception is null and not rows.dropped${inOrder}`,
);

export const listDroppedRows = many<Sql, RowPage, ImportRow>(
  "imports.list_dropped_rows",
  `${along} and rows.dropped${inOrder}`,
);

/**
 * Rows of orders that were rejected or are duplicates, without the dropped ones among them. Goes from these orders, which
 * are few in a large file, to their rows; an order before the range may have rows in it.
 */
export const listExceptionalRows = many<Sql, RowPage & { exception: string; mostRows: number }, ImportRow>(
  "imports.list_exceptional_rows",
  `${rowColumns}
    from imports.import_orders as staged
   cross join lateral (
          select row_no, line, order_no, faults, raw, dropped
            from imports.import_rows
           where import_rows.import_id = staged.import_id and row_no >= staged.order_no
             and row_no < staged.order_no + staged.rows and row_no > :after and row_no <= :to
          offset 0) as rows
   where staged.import_id = :importId and staged.exception = :exception
     and staged.order_no > :after - :mostRows and staged.order_no <= :to and not rows.dropped${inOrder}`,
);

/** The first orders of a file, as they were understood. */
export const listFirstOrders = many<
  Sql,
  { importId: bigint; to: number; limit: number },
  { orderNo: number; reference: string | null; uid: string | null; draft: object | null; orderId: bigint | null }
>(
  "imports.list_first_orders",
  `
  select order_no, reference, uid, draft, order_id
    from imports.import_orders
   where import_id = :importId and order_no <= :to and merged_into is null
   order by order_no
   limit :limit`,
);

/** Faults of rows by kind. */
export const countRowFaults = many<Sql, RowRange, { code: string; column: string | null; rows: number }>(
  "imports.count_row_faults",
  `
  select fault ->> 'code' as code, fault ->> 'column' as "column", count(*)::int as rows
    from imports.import_rows as faulty
   cross join lateral json_array_elements(faulty.faults) as fault
   where import_id = :importId and row_no > :after and row_no <= :to and faults is not null
   group by 1, 2`,
);

/** Reasons for which orders were rejected after they were read, by kind. */
export const countReasons = many<Sql, { importId: bigint }, { code: string; column: string | null; rows: number }>(
  "imports.count_reasons",
  `
  select reason ->> 'code' as code, reason ->> 'column' as "column", sum(live_rows)::int as rows
    from imports.import_orders
   where import_id = :importId and exception = 'rejected' and reason is not null
   group by 1, 2`,
);
