-- id: I46
-- title: An order from elsewhere says whole where it came from, and what was paid elsewhere is no gateway's matter
-- when: always
select format('Order %s came with import %s, as row %s of %s, source %s.', order_id, import_id,
              coalesce(import_row::text, 'none'), coalesce(csv_source, 'no file'), coalesce(source, 'none')) as what,
       order_id
  from orders.orders
 where import_id is not null and (import_row is null or csv_source is null or source is null)
union all
select format('Order %s came with import %s and with batch %s.', order_id, import_id, batch_id), order_id
  from orders.orders
 where import_id is not null and batch_id is not null
union all
select format('The orders of import %s come from %s files.', import_id, count(distinct csv_source)), min(order_id)
  from orders.orders
 where import_id is not null
 group by import_id
having count(distinct csv_source) > 1
union all
select format('Order %s has no source and is called %s there.', order_id, external_reference), order_id
  from orders.orders
 where external_reference is not null and source is null
union all
select format('Attempt %s of order %s was made elsewhere, and is %s.', attempt, order_id, state), order_id
  from payments.payment_attempts
 where gateway = 'recorded' and state not in ('paid', 'cancelled')
union all
select format('Entry %s of order %s is of gateway %s, and moved at another time than it was written down: %s.', sequence,
              order_id, gateway, occurred_at),
       order_id
  from payments.money_entries
 where gateway <> 'recorded' and occurred_at is not null
