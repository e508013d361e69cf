-- id: I05
-- title: An order, its attempts, entries and refunds have one currency
-- when: always
select format('Order %s is in %s, its %s %s in %s.', orders.order_id, orders.currency, part.kind, part.number,
              part.currency) as what,
       orders.order_id
  from orders.orders
  join (select order_id, 'attempt' as kind, attempt as number, currency from payments.payment_attempts
        union all
        select order_id, 'entry', sequence, currency from payments.money_entries
        union all
        select order_id, 'refund', refund, currency from payments.refunds) as part using (order_id)
 where part.currency <> orders.currency
