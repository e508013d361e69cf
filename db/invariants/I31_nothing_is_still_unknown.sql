-- id: I31
-- title: No payment, refund, key or webhook is still unknown
-- when: drained
-- A gateway that named its payment has it in hand and may take days, and so may the shopper on a page that it named; without
-- either nobody knows whether it does.
select format('Attempt %s of order %s is %s after %s checks.', attempt, order_id, state, checks) as what, order_id
  from payments.payment_attempts as attempts
 where (state = 'unknown' or state = 'created' and session_reference is null
        or state = 'processing' and coalesce(reference, session_reference) is null)
   and not exists (select from tasks.tasks where tasks.order_id = attempts.order_id and tasks.closed_at is null)
union all
select format('Refund %s of order %s, %s %s, is promised and not given back.', refund, order_id, amount_minor, currency),
       order_id
  from payments.refunds
 where state = 'requested'
   and not exists (select from tasks.tasks where tasks.order_id = refunds.order_id and tasks.closed_at is null)
union all
select format('The key %s of %s is in flight since %s.', key, principal, created_at), order_id
  from http.idempotency_keys
 where answered_at is null and created_at < now() - interval '2 minutes'
union all
select format('The webhook %s of gateway %s is in the inbox since %s.', event_id, gateway, received_at), null
  from payments.webhook_inbox
 where state = 'received' and next_try_at < now() - interval '2 minutes'
