-- id: I44
-- title: No deadline is long past
-- when: drained
-- Fifteen minutes are more than any sweep waits: whatever is later has nobody who looks at it.
select format('Order %s should have expired at %s.', order_id, expires_at) as what, order_id
  from orders.orders
 where expires_at < now() - interval '15 minutes'
union all
select format('Attempt %s of order %s should have been looked at at %s.', attempt, order_id, check_at), order_id
  from payments.payment_attempts
 where check_at < now() - interval '15 minutes'
union all
select format('Job %s (%s) should have run at %s.', jobs.id, tasks.identifier, jobs.run_at), null
  from graphile_worker._private_jobs as jobs
  join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
 where jobs.run_at < now() - interval '15 minutes'
   and jobs.locked_at is null
   and jobs.attempts < jobs.max_attempts
