-- id: I42
-- title: Attempts and refunds are numbered without gaps, counted on the order, and settled as the ledger says
-- when: always
with attempts as (
  select order_id, count(*) as number, max(attempt) as newest from payments.payment_attempts group by order_id
), refunds as (
  select order_id, count(*) as number, max(refund) as newest from payments.refunds group by order_id
)
select format('Order %s counts %s attempts and %s refunds; there are %s to number %s, and %s to number %s.',
              orders.order_id, orders.attempts, orders.refunds, coalesce(attempts.number, 0),
              coalesce(attempts.newest, 0), coalesce(refunds.number, 0), coalesce(refunds.newest, 0)) as what,
       orders.order_id
  from orders.orders
  left join attempts using (order_id)
  left join refunds using (order_id)
 where orders.attempts <> coalesce(attempts.number, 0) or orders.attempts <> coalesce(attempts.newest, 0)
    or orders.refunds <> coalesce(refunds.number, 0) or orders.refunds <> coalesce(refunds.newest, 0)
union all
select format('Refund %s of order %s has succeeded, and the ledger does not have it.', refund, order_id), order_id
  from payments.refunds as given
 where state = 'succeeded'
   and not exists (select from payments.money_entries as entries
                    where entries.order_id = given.order_id and entries.attempt = given.attempt
                      and entries.kind = 'refund' and entries.reference = given.reference
                      and entries.amount_minor = given.amount_minor)
union all
select format('Refund %s of order %s has failed, and the ledger says that it went back and stays there.', refund, order_id),
       order_id
  from payments.refunds as given
 where state = 'failed' and reference is not null
   and exists (select from payments.money_entries as entries
                where entries.order_id = given.order_id and entries.attempt = given.attempt
                  and entries.kind = 'refund' and entries.reference = given.reference)
   and not exists (select from payments.money_entries as entries
                    where entries.order_id = given.order_id and entries.attempt = given.attempt
                      and entries.kind = 'refund_failed' and entries.reference = given.reference)
union all
select format('Refund %s of order %s has succeeded, and the ledger says that it came back.', refund, order_id), order_id
  from payments.refunds as given
 where state = 'succeeded'
   and exists (select from payments.money_entries as entries
                where entries.order_id = given.order_id and entries.attempt = given.attempt
                  and entries.kind = 'refund_failed' and entries.reference = given.reference)
union all
select format('The ledger has a %s %s of order %s over %s, which is none of its refunds.', kind, reference, order_id,
              amount_minor),
       order_id
  from payments.money_entries as entries
 where kind in ('refund', 'refund_failed')
   and not exists (select from payments.refunds as given
                    where given.order_id = entries.order_id and given.attempt = entries.attempt
                      and given.reference = entries.reference and given.amount_minor = entries.amount_minor
                      and given.state <> 'requested')
union all
-- How much a paid attempt took is the matter of I02.
select format('The ledger has %s %s of gateway %s as %s for attempt %s of order %s, which is %s.', entries.amount_minor,
              entries.currency, entries.gateway, entries.reference, attempt, order_id, attempts.state),
       order_id
  from payments.money_entries as entries
  join payments.payment_attempts as attempts using (order_id, attempt)
 where attempts.gateway <> entries.gateway
    or entries.kind = 'capture'
   and (attempts.state not in ('paid', 'cancelled') or attempts.reference is distinct from entries.reference)
