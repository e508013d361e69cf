-- id: I52
-- title: A cart and its order have one shopper, and who became a user has none left under the old name
-- when: always
select format('Cart %s is of %s, and its order %s of %s.', cart_id, carts.owner, order_id, shopper_orders.owner) as what,
       order_id
  from carts.carts
  join orders.shopper_orders using (order_id)
 where carts.owner <> shopper_orders.owner
union all
select format('%s became user %s and has %s carts still.', merged.owner, user_id, count(*)), null
  from identity.merged_shoppers as merged
  join carts.carts using (owner)
 where status <> 'merged'
 group by merged.owner, user_id
