-- id: I43
-- title: A paid order has a part that somebody makes, an unpaid or cancelled one has none
-- when: always
with parts as (
  select order_id, count(*) as live,
         count(*) filter (where fulfilment in ('ready', 'fulfilled')) as ready,
         count(*) filter (where fulfilment = 'fulfilled') as fulfilled
    from fulfillment.provider_orders
   where processing not in ('rejected', 'cancelled')
   group by order_id
)
select format('Order %s is %s and has %s live parts, %s of them ready and %s fulfilled.', orders.order_id, orders.status,
              coalesce(live, 0), coalesce(ready, 0), coalesce(fulfilled, 0)) as what,
       orders.order_id
  from orders.orders
  left join parts using (order_id)
 where case orders.status
         when 'paid' then coalesce(live, 0) = 0
         when 'shipped' then coalesce(live, 0) = 0 or ready < live
         when 'delivered' then coalesce(live, 0) = 0 or fulfilled < live
         else coalesce(live, 0) > 0
       end
