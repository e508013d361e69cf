-- id: I07
-- title: Captured money belongs to a paid order, goes back, or waits for a person
-- when: always
-- What is promised back is enough here: that a promise is kept is the matter of I31. What a bank took is gone as well.
with returned as (
  select order_id, attempt, sum(amount_minor) as amount_minor
    from (select order_id, attempt, amount_minor from payments.refunds where state in ('requested', 'succeeded')
          union all
          select order_id, attempt, amount_minor from payments.money_entries where kind = 'chargeback') as gone
   group by order_id, attempt
)
select format('%s %s were captured by attempt %s of order %s, which is %s; %s are promised back.', entries.amount_minor,
              entries.currency, entries.attempt, entries.order_id, coalesce(orders.status, 'not there'),
              coalesce(returned.amount_minor, 0)) as what,
       entries.order_id
  from payments.money_entries as entries
  left join payments.payment_attempts as attempts using (order_id, attempt)
  left join orders.orders using (order_id)
  left join returned using (order_id, attempt)
 where entries.kind = 'capture'
   and not (coalesce(attempts.state = 'paid', false)
            and coalesce(orders.status in ('paid', 'shipped', 'delivered'), false))
   and coalesce(returned.amount_minor, 0) < entries.amount_minor
   and not exists (select from tasks.tasks
                    where tasks.order_id = entries.order_id and tasks.closed_at is null and tasks.kind <> 'chargeback')
