-- id: I19
-- title: A gateway's payment or refund has one effect here
-- when: always
select format('The %s %s of gateway %s is in the ledger %s times.', kind, reference, gateway, count(*)) as what,
       min(order_id) as order_id
  from payments.money_entries
 group by gateway, reference, kind
having count(*) > 1
union all
select format('The payment %s of gateway %s belongs to %s attempts.', reference, gateway, count(*)), min(order_id)
  from payments.payment_attempts
 where reference is not null
 group by gateway, reference
having count(*) > 1
union all
select format('The refund %s settles %s refunds of order %s.', reference, count(*), order_id), order_id
  from payments.refunds
 where reference is not null
 group by order_id, attempt, reference
having count(*) > 1
