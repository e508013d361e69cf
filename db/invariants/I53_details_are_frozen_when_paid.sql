-- id: I53
-- title: What was bought is frozen when it is paid, and not before
-- when: always
-- Paid is an order that ever was, whatever became of it; an order that was cancelled before stays as it was.
with paid as materialized (
  select stream_id as order_id, min(occurred_at) as paid_at
    from events.events
   where stream_kind = 'order' and to_status = 'paid'
   group by stream_id
)
select case when paid.order_id is null then format('Order %s is %s, was never paid, and its details are frozen.', order_id, status)
            when frozen_at is null then format('Order %s is %s, was paid, and its details are not frozen.', order_id, status)
            else format('Order %s was paid at %s, and its details were frozen at %s.', order_id, paid_at, frozen_at) end as what,
       order_id
  from orders.shopper_orders
  join orders.orders using (order_id)
  left join paid using (order_id)
 where frozen_at is distinct from paid.paid_at
