-- id: I19
-- title: A gateway's payment, refund or webhook has one effect here, and a webhook is as it arrived
-- when: always
select format('The %s %s of gateway %s is in the ledger %s times.', kind, reference, gateway, count(*)) as what,
       min(order_id) as order_id
  from payments.money_entries
 group by gateway, reference, kind
having count(*) > 1
union all
-- A service may try again with the payment that it declined before.
select format('The payment %s of gateway %s belongs to %s attempts.', reference, gateway, count(*)), min(order_id)
  from payments.payment_attempts
 where reference is not null
 group by gateway, reference
having count(*) filter (where state <> 'failed') > 1 or count(distinct order_id) > 1
union all
select format('The refund %s settles %s refunds of order %s.', reference, count(*), order_id), order_id
  from payments.refunds
 where reference is not null
 group by order_id, attempt, reference
having count(*) > 1
union all
-- What a promised refund or a surplus leads to has causes of its own.
select format('The webhook %s of gateway %s has %s entries of kind %s in the ledger.', substr(cause, 9), gateway, count(*),
              kind),
       min(order_id)
  from payments.money_entries
 where cause like 'webhook %'
 group by gateway, cause, kind
having count(*) > 1
union all
select format('The webhook %s of gateway %s is not the one that was taken in.', event_id, gateway), null
  from payments.webhook_inbox
 where fingerprint <> encode(sha256(convert_to(named_order || E'\n' || body, 'UTF8')), 'hex')
