-- id: I55
-- title: A payment page of the sandbox is that of one attempt, and was decided when there is a payment
-- when: always
select format('The page %s is of %s attempts.', session_reference, count(*)) as what, min(order_id) as order_id
  from payments.payment_attempts
 where session_reference is not null
 group by gateway, session_reference
having count(*) > 1
union all
select format('Attempt %s of order %s has the page %s, which is %s.', attempt, attempts.order_id, session_reference,
              case when session_id is null then 'not there'
                   else format('for %s %s of order %s', pages.amount_minor, pages.currency, pages.order_id) end),
       attempts.order_id
  from payments.payment_attempts as attempts
  left join payments.sandbox_sessions as pages on pages.session_id = session_reference
 where attempts.gateway = 'sandbox' and session_reference is not null
   and (pages.order_id, pages.idempotency_key, pages.amount_minor, pages.currency)
       is distinct from (attempts.order_id, attempts.key::text, attempts.amount_minor, attempts.currency::text)
union all
select format('The page %s of order %s is of no attempt.', session_id, order_id), order_id
  from payments.sandbox_sessions as pages
 where not exists (select from payments.payment_attempts as attempts
                    where attempts.order_id = pages.order_id and attempts.key::text = pages.idempotency_key
                      and attempts.hosted)
union all
select format('The page %s of order %s is %s, and the payment is %s.', session_id, order_id, pages.status,
              case when payments.payment_id is null then 'not there'
                   else format('%s for %s %s', payments.status, payments.amount_minor, payments.currency) end),
       order_id
  from payments.sandbox_sessions as pages
  left join payments.sandbox_payments as payments using (order_id, idempotency_key)
 where (pages.status = 'decided') <> (payments.payment_id is not null)
    or (payments.amount_minor, payments.currency) is distinct from (pages.amount_minor, pages.currency)
       and payments.payment_id is not null
