-- id: I01
-- title: A cart has one order at most, and each of the two names the other
-- when: always
select format('Cart %s has %s orders.', cart_id, count(*)) as what, min(order_id) as order_id
  from orders.orders
 where cart_id is not null
 group by cart_id
having count(*) > 1
union all
select format('Cart %s became order %s, which %s.', carts.cart_id, carts.order_id,
              case when orders.order_id is null then 'is not there'
                   else format('was %s', coalesce('cart ' || orders.cart_id, 'no cart')) end),
       carts.order_id
  from carts.carts
  left join orders.orders using (order_id)
 where carts.status = 'checked_out' and orders.cart_id is distinct from carts.cart_id
union all
select format('Order %s was cart %s, which %s.', orders.order_id, orders.cart_id,
              case when carts.cart_id is null then 'is not there' else 'is ' || carts.status end),
       orders.order_id
  from orders.orders
  left join carts.carts using (cart_id)
 where orders.cart_id is not null and carts.order_id is null
