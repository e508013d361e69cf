-- id: I06
-- title: The sandbox and our ledger have the same payments and refunds
-- when: drained
-- The sandbox stands for another company, so a payment that it has and we lack is money nobody here knows of; unless a
-- person was asked about the order. What a bank took explains nothing of that.
with theirs as (
  select order_id, 'capture' as kind, payment_id as reference, amount_minor, currency
    from payments.sandbox_payments
   where status = 'succeeded'
  union all
  select order_id, 'refund', refund_id, amount_minor, currency
    from payments.sandbox_refunds
), ours as (
  select order_id, kind, reference, amount_minor, currency
    from payments.money_entries
   where gateway = 'sandbox' and kind in ('capture', 'refund')
)
select format('%s %s of order %s: the sandbox has %s, we have %s.', kind, reference, order_id,
              coalesce(theirs.amount_minor || ' ' || theirs.currency, 'none'),
              coalesce(ours.amount_minor || ' ' || ours.currency, 'none')) as what,
       order_id
  from theirs
  full join ours using (order_id, kind, reference)
 where (theirs.amount_minor is distinct from ours.amount_minor or theirs.currency is distinct from ours.currency)
   and not exists (select from tasks.tasks where tasks.order_id = coalesce(theirs.order_id, ours.order_id)
                                             and tasks.closed_at is null and tasks.kind <> 'chargeback')
