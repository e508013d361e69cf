-- id: I56
-- title: An order that was a cart has one owner and its details, and no other order has
-- when: always
select format('Order %s was cart %s, and nobody owns it.', order_id, cart_id) as what, order_id
  from orders.orders
 where cart_id is not null
   and not exists (select from orders.shopper_orders as bought where bought.order_id = orders.order_id)
union all
select format('Order %s is of %s and was no cart.', order_id, owner), order_id
  from orders.shopper_orders
  join orders.orders using (order_id)
 where cart_id is null
