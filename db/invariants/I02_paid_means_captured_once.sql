-- id: I02
-- title: Paid means captured once, for the whole total
-- when: always
-- Money that came in besides, on an attempt that is not the paid one, is the matter of I07.
with captures as (
  select order_id, attempt, count(*) as entries, sum(amount_minor) as amount_minor
    from payments.money_entries
   where kind = 'capture'
   group by order_id, attempt
)
select format('Order %s is %s, and none of its attempts is paid.', orders.order_id, orders.status) as what,
       orders.order_id
  from orders.orders
 where orders.status in ('paid', 'shipped', 'delivered')
   and orders.total_minor > 0
   and not exists (select from payments.payment_attempts as attempts
                    where attempts.order_id = orders.order_id and attempts.state = 'paid')
union all
select format('Attempt %s of order %s is paid: %s captured in %s entries, %s asked for, %s the total.', attempts.attempt,
              attempts.order_id, coalesce(captures.amount_minor, 0), coalesce(captures.entries, 0),
              attempts.amount_minor, orders.total_minor),
       attempts.order_id
  from payments.payment_attempts as attempts
  join orders.orders using (order_id)
  left join captures using (order_id, attempt)
 where attempts.state = 'paid'
   and (captures.entries is distinct from 1
        or captures.amount_minor is distinct from attempts.amount_minor
        or attempts.amount_minor <> orders.total_minor)
union all
select format('Order %s costs nothing, and attempt %s asks for %s.', orders.order_id, attempts.attempt,
              attempts.amount_minor),
       orders.order_id
  from orders.orders
  join payments.payment_attempts as attempts using (order_id)
 where orders.total_minor = 0
