import { change, many, type Sql, type Tx } from "../platform/db.ts";

// Rows of one order that stand apart. As in the statements about orders and rows, nothing is left to the planner's choice.

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

/** An order that has fragments elsewhere, and what its fragments come to. */
export interface MergedOrder {
  readonly orderNo: number;
  readonly fragments: number;
  readonly rows: number;
  readonly liveRows: number;
  readonly characters: number;
  readonly rejected: number;
  readonly rejectedRows: number;
  readonly dropped: number;
}

/**
 * Orders that have fragments elsewhere and were not put together yet, by their numbers: as many as have so many rows and
 * characters, without those that have more than `rowsOfOrder` or `charactersOfOrder` themselves; the first in any case.
 * Goes from one to the next, so that what follows these is not looked at.
 */
export const listMerged = many<
  Sql,
  {
    importId: bigint;
    after: number;
    limit: number;
    rows: number;
    characters: number;
    rowsOfOrder: number;
    charactersOfOrder: number;
  },
  MergedOrder
>(
  "imports.list_merged",
  `
  with recursive walk as (
    select :after::int as order_no, 0::bigint as fragments, 0::bigint as rows, 0::bigint as live_rows,
           0::bigint as characters, 0::bigint as rejected, 0::bigint as rejected_rows, 0::bigint as dropped,
           0 as orders, 0::bigint as held_rows, 0::bigint as held_characters
     union all
    select next.order_no, whole.*, walk.orders + 1, walk.held_rows + case when readable then whole.rows else 0 end,
           walk.held_characters + case when readable then whole.characters else 0 end
      from walk
     cross join lateral (
            select merged_into as order_no
              from imports.import_orders
             where import_id = :importId and merged_into > walk.order_no
             order by merged_into
             limit 1) as next
     cross join lateral (
            select count(*) as fragments, sum(rows) as rows, sum(live_rows) as live_rows, sum(characters) as characters,
                   count(*) filter (where exception = 'rejected') as rejected,
                   coalesce(sum(live_rows) filter (where exception = 'rejected'), 0) as rejected_rows,
                   count(*) filter (where exception = 'dropped') as dropped
              from (select rows, live_rows, characters, exception
                      from imports.import_orders
                     where import_id = :importId and order_no = next.order_no
                     union all
                    select rows, live_rows, characters, exception
                      from imports.import_orders
                     where import_id = :importId and merged_into = next.order_no) as parts) as whole
     cross join lateral (
            select whole.rows <= :rowsOfOrder and whole.characters <= :charactersOfOrder as readable) as judged
     where walk.orders < :limit and walk.held_rows < :rows and walk.held_characters < :characters
  )
  select order_no, fragments::int, rows::int, live_rows::int, characters::float8, rejected::int, rejected_rows::int,
         dropped::int
    from walk
   where orders > 0
   order by order_no`,
);

/** The fragments of orders, so many of each at most, in the order of the file. `order_no` is the whole order's. */
export const listFragments = many<
  Sql,
  { importId: bigint; orderNos: number[]; limit: number },
  { orderNo: number; fragmentNo: number; rows: number }
>(
  "imports.list_fragments",
  `
  select order_no, order_no as fragment_no, rows
    from imports.import_orders
   where import_id = :importId and order_no = any(:orderNos::int[])
   union all
  select asked.order_no, parts.order_no, parts.rows
    from unnest(:orderNos::int[]) as asked (order_no)
   cross join lateral (
          select order_no, rows
            from imports.import_orders
           where import_id = :importId and merged_into = asked.order_no
           order by order_no
           limit :limit) as parts
   order by fragment_no`,
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
