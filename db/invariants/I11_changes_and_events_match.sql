-- id: I11
-- title: Every change has exactly one event, every event its change
-- when: always
-- A payment that was made elsewhere was never initiated here.
-- A move stands in the row of its event, so what is left to compare is its type; money and attempts have rows of their own.
with stream as materialized (
  select stream_id as order_id, sequence, type, from_status, to_status
    from events.events
   where stream_kind = 'order'
     and (to_status is not null
          or type in ('OrderCreated', 'OrderConfirmed', 'OrderCancelled', 'OrderCompleted', 'PaymentInitiated',
                      'PaymentProcessed', 'RefundProcessed', 'RefundFailed', 'PaymentChargedBack'))
)
select format('Event %s of order %s is %s and moves it %s.', sequence, order_id, type,
              coalesce('from ' || from_status || ' to ' || to_status, 'nowhere')) as what,
       order_id
  from stream
 where (type = 'OrderCreated') <> coalesce(from_status = 'new' and to_status = 'pending', false)
    or (type = 'OrderConfirmed') <> coalesce(to_status = 'paid', false)
    or (type = 'OrderCancelled') <> coalesce(to_status = 'cancelled', false)
    or (type = 'OrderCompleted') <> coalesce(to_status = 'delivered', false)
union all
select format('Event %s of order %s is %s; the ledger has %s there.', sequence, order_id, coalesce(type, 'not there'),
              coalesce('a ' || entries.kind, 'nothing')),
       order_id
  from (select order_id, sequence, type
          from stream
         where type in ('PaymentProcessed', 'RefundProcessed', 'RefundFailed', 'PaymentChargedBack')) as money
  full join payments.money_entries as entries using (order_id, sequence)
 where case coalesce(entries.kind, 'none')
         when 'capture' then type is distinct from 'PaymentProcessed'
         when 'refund' then type is distinct from 'RefundProcessed'
         when 'refund_failed' then type is distinct from 'RefundFailed'
         when 'chargeback' then type is distinct from 'PaymentChargedBack'
         else true
       end
union all
select format('Event %s of order %s tells of %s %s; the ledger has %s %s there.', sequence, order_id, data ->> 'amount',
              data ->> 'currency', amount_minor, currency),
       order_id
  from payments.money_entries
  join (select stream_id as order_id, sequence, data
          from events.events
         where stream_kind = 'order'
           and type in ('PaymentProcessed', 'RefundProcessed', 'RefundFailed', 'PaymentChargedBack')) as told
       using (order_id, sequence)
 where data ->> 'amount' is distinct from amount_minor::text or data ->> 'currency' is distinct from currency
union all
select format('Order %s has %s payment attempts and %s PaymentInitiated events.', order_id, coalesce(started, 0),
              coalesce(announced, 0)),
       order_id
  from (select order_id, count(*) as started from payments.payment_attempts where gateway <> 'recorded' group by order_id)
         as attempts
  full join (select order_id, count(*) as announced from stream where type = 'PaymentInitiated' group by order_id)
         as initiated using (order_id)
 where started is distinct from announced
