-- id: I25
-- title: Merged carts are empty, all others are not, and no price stands on two lines of one
-- when: always
select format('Cart %s is %s and has %s lines.', cart_id, status, count(line_id)) as what
  from carts.carts
  left join carts.cart_lines using (cart_id)
 group by cart_id, status
having (count(line_id) = 0) <> (status = 'merged')
union all
select format('Cart %s has %s lines with the price %s.', cart_id, count(*), price_id)
  from carts.cart_lines
 group by cart_id, price_id
having count(*) > 1
