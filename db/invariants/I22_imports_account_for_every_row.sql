-- id: I22
-- title: An import accounts for every row: each has one state, each placed order is one order, and the counts agree
-- when: always
with staged as materialized (
  select import_id, sum(rows) as rows, count(*) filter (where fragments > 0) as orders,
         count(*) filter (where fragments > 0 and exception = 'dropped') as orders_dropped,
         count(*) filter (where fragments > 0 and exception = 'rejected') as orders_rejected,
         count(*) filter (where fragments > 0 and exception = 'duplicate') as orders_duplicate,
         count(*) filter (where fragments > 0 and exception is null and order_id is not null) as orders_placed,
         coalesce(sum(live_rows) filter (where exception = 'rejected'), 0) as rows_rejected,
         coalesce(sum(live_rows) filter (where exception = 'duplicate'), 0) as rows_duplicate,
         coalesce(sum(live_rows) filter (where exception is null and order_id is not null), 0) as rows_placed
    from imports.import_orders
   group by import_id
), kept as materialized (
  select import_id, count(*) as rows, count(*) filter (where dropped) as rows_dropped
    from imports.import_rows
   group by import_id
)
select format('Import %s counts %s rows and %s orders; %s rows are kept, and %s orders of %s rows.', uid, rows_read,
              orders_read, coalesce(kept.rows, 0), coalesce(orders, 0), coalesce(staged.rows, 0)) as what,
       null::bigint as order_id
  from imports.imports
  left join staged using (import_id)
  left join kept using (import_id)
 -- What was to be read again is forgotten already, though it may have been cancelled before that.
 where status <> 'received' and not (plan is null and rows_read = 0)
   and (rows_read, rows_read, orders_read)
       is distinct from (coalesce(kept.rows, 0), coalesce(staged.rows, 0), coalesce(orders, 0))
union all
select format('Import %s counts %s orders of %s rows as %s; there are %s of %s.', uid, counted.orders, counted.rows,
              counted.what, counted.there, counted.rows_there),
       null
  from imports.imports
  left join staged using (import_id)
  left join kept using (import_id)
 cross join lateral (
   values ('placed', imports.orders_placed, coalesce(staged.orders_placed, 0), imports.rows_placed,
           coalesce(staged.rows_placed, 0)),
          ('rejected', imports.orders_rejected, coalesce(staged.orders_rejected, 0), imports.rows_rejected,
           coalesce(staged.rows_rejected, 0)),
          ('duplicate', imports.orders_duplicate, coalesce(staged.orders_duplicate, 0), imports.rows_duplicate,
           coalesce(staged.rows_duplicate, 0)),
          ('dropped', imports.orders_dropped, coalesce(staged.orders_dropped, 0), imports.rows_dropped,
           coalesce(kept.rows_dropped, 0))) as counted (what, orders, there, rows, rows_there)
 where status <> 'received' and not (plan is null and rows_read = 0)
   and (counted.orders <> counted.there or counted.rows <> counted.rows_there)
union all
select format('Import %s has an order at row %s of %s rows, and the file has others there.', imports.uid, order_no, rows),
       import_orders.order_id
  from imports.import_orders
  join imports.imports using (import_id)
 where rows <> (select count(*)
                  from imports.import_rows
                 where import_rows.import_id = import_orders.import_id
                   and import_rows.row_no between import_orders.order_no and import_orders.order_no + import_orders.rows - 1
                   and import_rows.order_no = import_orders.order_no)
union all
select format('Import %s placed its row %s as order %s, which did not come from there.', imports.uid, order_no,
              import_orders.order_id),
       import_orders.order_id
  from imports.import_orders
  join imports.imports using (import_id)
  left join orders.orders as placed on placed.order_id = import_orders.order_id
 where import_orders.order_id is not null
   and case when exception is null and fragments > 0
            then placed.import_id is distinct from imports.uid or placed.import_row <> order_no
                 or placed.source is distinct from coalesce(import_orders.source, imports.source)
            else placed.order_id is null end
union all
select format('Order %s came from row %s of import %s, which did not place it.', placed.order_id, placed.import_row,
              placed.import_id),
       placed.order_id
  from orders.orders as placed
 where placed.import_id is not null and placed.import_row is not null
   and not exists (select from imports.imports
                     join imports.import_orders using (import_id)
                    where imports.uid = placed.import_id and import_orders.order_no = placed.import_row
                      and import_orders.order_id = placed.order_id and exception is null and fragments > 0)
union all
select format('Import %s: row %s was put together with row %s, and became something else.', imports.uid, part.order_no,
              whole.order_no),
       part.order_id
  from imports.import_orders as part
  join imports.import_orders as whole on whole.import_id = part.import_id and whole.order_no = part.merged_into
  join imports.imports on imports.import_id = part.import_id
 where part.fragments = 0
   and (part.order_id, part.exception) is distinct from (whole.order_id, whole.exception)
union all
select format('Import %s is %s, and its row %s waits.', imports.uid, status, order_no), null
  from imports.import_orders
  join imports.imports using (import_id)
 where status in ('completed', 'completed_with_errors')
   and import_orders.order_id is null and exception is null
