-- id: I29
-- title: No job is held by the dead, and none is given up without a task
-- when: drained
-- Five minutes are ten leases: by then the janitor has freed what a dead process held.
select format('Job %s (%s) is held since %s by %s, which does not live.', jobs.id, tasks.identifier, jobs.locked_at,
              jobs.locked_by) as what
  from graphile_worker._private_jobs as jobs
  join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
 where jobs.locked_at < now() - interval '5 minutes'
   and not exists (select from platform.processes
                    where processes.worker_pool_id = jobs.locked_by and processes.lease_until > now())
union all
select format('Job %s (%s) was given up after %s tries: %s', jobs.id, tasks.identifier, jobs.attempts,
              coalesce(split_part(jobs.last_error, E'\n', 1), 'no error was kept'))
  from graphile_worker._private_jobs as jobs
  join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
 where jobs.attempts >= jobs.max_attempts
   and jobs.locked_at is null
   and not exists (select from tasks.tasks as opened
                    where opened.cause = format('job_failed job %s round %s', jobs.id, jobs.revision)
                      and opened.closed_at is null)
