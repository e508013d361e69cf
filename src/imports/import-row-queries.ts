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

/**
 * Makes fragments of one order part of the first of them: those with one UUID, or without one with one reference. A name
 * is looked at in one of so many parts, so that the statement's time and memory are bounded however many orders there
 * are. A second run finds nothing to do.
 */
export const mergeFragments = change<Tx, { importId: bigint; part: number; parts: number }>(
  "imports.merge_fragments",
  `
  with repeated as materialized (
    select import_id, min(order_no) as first, array_agg(order_no) as fragments
      from imports.import_orders
     where import_id = :importId and coalesce(uid::text, reference) is not null
       and (hashtext(coalesce(uid::text, reference)) & 2147483647) % :parts::int = :part::int
     group by import_id, uid, case when uid is null then reference end
    having count(*) > 1
  ), members as materialized (
    select import_id, first, unnest(fragments) as order_no
      from repeated
  )
  update imports.import_orders as fragments
     set merged_into = members.first
    from members
   where fragments.import_id = members.import_id and fragments.order_no = members.order_no
     and members.order_no > members.first and fragments.merged_into is null`,
);

/** Orders that have fragments elsewhere and were not put together yet, by their numbers. */
export const listMerged = many<Sql, { importId: bigint; after: number; limit: number }, { orderNo: number }>(
  "imports.list_merged",
  `
  select distinct merged_into as order_no
    from imports.import_orders
   where import_id = :importId and merged_into > :after
   order by merged_into
   limit :limit`,
);

/** The fragments of orders, in the order of the file. `order_no` is the whole order's. */
export const listFragments = many<
  Sql,
  { importId: bigint; orderNos: number[] },
  { orderNo: number; fragmentNo: number; rows: number; liveRows: number; exception: string | null }
>(
  "imports.list_fragments",
  `
  select order_no, order_no as fragment_no, rows, live_rows, exception
    from imports.import_orders
   where import_id = :importId and order_no = any(:orderNos::int[])
   union all
  select merged_into, order_no, rows, live_rows, exception
    from imports.import_orders
   where import_id = :importId and merged_into = any(:orderNos::int[])
   order by fragment_no`,
);

/** Rows by their numbers, in the order of the file. */
export const listRowsOf = many<
  Sql,
  { importId: bigint; rowNos: number[] },
  { orderNo: number; rowNo: number; line: number; raw: string; dropped: boolean }
>(
  "imports.list_rows_of",
  `
  select order_no, row_no, line, raw, dropped
    from imports.import_rows
   where import_id = :importId and row_no = any(:rowNos::int[])
   order by row_no`,
);

/** How orders are understood now that their fragments were read together. */
export const saveMerged = change<
  Tx,
  {
    importIds: bigint[];
    orderNos: number[];
    liveRows: number[];
    fragments: number[];
    exceptions: (string | null)[];
    unpaids: boolean[];
    sources: (string | null)[];
    drafts: (string | null)[];
    reasons: (string | null)[];
  }
>(
  "imports.save_merged",
  `
  update imports.import_orders as staged
     set live_rows = given.live_rows, fragments = given.fragments, exception = given.exception, unpaid = given.unpaid,
         source = given.source, draft = given.draft, reason = given.reason
    from unnest(:importIds::bigint[], :orderNos::int[], :liveRows::int[], :fragments::int[], :exceptions::text[],
                :unpaids::boolean[], :sources::text[], :drafts::json[], :reasons::json[])
           as given (import_id, order_no, live_rows, fragments, exception, unpaid, source, draft, reason)
   where staged.import_id = given.import_id and staged.order_no = given.order_no`,
);

export const saveRowFaults = change<
  Tx,
  { importIds: bigint[]; rowNos: number[]; faults: (string | null)[]; droppeds: boolean[] }
>(
  "imports.save_row_faults",
  `
  update imports.import_rows as rows
     set faults = given.faults, dropped = given.dropped
    from unnest(:importIds::bigint[], :rowNos::int[], :faults::json[], :droppeds::boolean[])
           as given (import_id, row_no, faults, dropped)
   where rows.import_id = given.import_id and rows.row_no = given.row_no`,
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

/** Orders that wait to be placed, in the order of the file. */
export const listWaiting = many<Sql, RowRange, WaitingOrder>(
  "imports.list_waiting",
  `
  select order_no, live_rows, fragments, unpaid, source, uid, draft
    from imports.import_orders
   where import_id = :importId and order_no > :after and order_no <= :to
     and order_id is null and exception is null and merged_into is null
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

const rowColumns = `
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
   limit :limit`;

export type RowPage = RowRange & { limit: number };

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
