-- id: I20
-- title: Whatever waits has a deadline, a next look or a job
-- when: always
-- The job is written in the transaction of what it is for, so that neither is ever seen alone.
with jobs as materialized (
  select tasks.identifier, jobs.payload ->> 'orderId' as order_id, jobs.payload ->> 'refund' as refund,
         jobs.payload ->> 'kind' as kind,
         jobs.payload ->> 'gateway' as gateway, jobs.payload ->> 'eventId' as event_id,
         jobs.payload ->> 'importUid' as import_uid
    from graphile_worker._private_jobs as jobs
    join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
   where tasks.identifier in ('refund-payment', 'tell-customer', 'work-webhook', 'run-import')
)
select format('Order %s waits for payment; its newest attempt, %s, is %s.', orders.order_id, orders.attempts,
              coalesce(attempts.state, 'not there')) as what,
       orders.order_id
  from orders.orders
  left join payments.payment_attempts as attempts
    on attempts.order_id = orders.order_id and attempts.attempt = orders.attempts
 where orders.status = 'payment_processing'
   and coalesce(attempts.state not in ('created', 'processing', 'unknown'), true)
union all
select format('Order %s is pending and never expires.', order_id), order_id
  from orders.orders
 where status = 'pending' and expires_at is null
union all
select format('Attempt %s of order %s is %s and is never looked at.', attempt, order_id, state), order_id
  from payments.payment_attempts
 where state in ('created', 'processing', 'unknown') and check_at is null
union all
select format('Refund %s of order %s was promised, and no job gives it back.', refund, order_id), order_id
  from payments.refunds
 where state = 'requested'
   and not exists (select from jobs
                    where jobs.identifier = 'refund-payment' and jobs.order_id = refunds.order_id::text
                      and jobs.refund = refunds.refund::text)
   and not exists (select from tasks.tasks where tasks.order_id = refunds.order_id and tasks.closed_at is null)
union all
select format('The message %s of order %s is queued, and no job sends it.', kind, order_id), order_id
  from notifications.messages
 where state = 'queued'
   and not exists (select from jobs
                    where jobs.identifier = 'tell-customer' and jobs.order_id = messages.order_id::text
                      and jobs.kind = messages.kind)
union all
select format('The webhook %s of gateway %s was received, and no job works on it.', event_id, gateway), null
  from payments.webhook_inbox as kept
 where state = 'received'
   and not exists (select from jobs
                    where jobs.identifier = 'work-webhook' and jobs.gateway = kept.gateway
                      and jobs.event_id = kept.event_id)
union all
select format('Import %s is %s, and no job works on it.', uid, status), null
  from imports.imports
 where status in ('received', 'validating', 'running') and paused_at is null
   and not exists (select from jobs where jobs.identifier = 'run-import' and jobs.import_uid = imports.uid::text)
