import { change, type Sql, type Tx } from "./db.ts";

/**
 * Inserts jobs as `add_jobs` of graphile-worker 0.18 would, and tells the workers how many are due.
 *
 * Not by `add_jobs`: each of its calls tries to insert the task names anew, which uses up an identity value of int4 for
 * every name (2^31 of them last 10 days at 2,500 calls a second), and updates jobs by key, which ours do not have.
 * A name that nobody prepared has no task, and the missing task breaks the statement: no job is dropped in silence.
 */
export const insertJobs = change<
  Tx,
  { names: string[]; payloads: string[]; runAts: (Date | null)[]; maxTries: number[]; priorities: number[] }
>(
  "platform.insert_jobs",
  `
  with asked as (
    select tasks.id as task_id, asked.*
      from unnest(:names::text[], :payloads::json[], :runAts::timestamptz[], :maxTries::int2[], :priorities::int2[])
             as asked(name, payload, run_at, max_attempts, priority)
      left join graphile_worker._private_tasks as tasks on tasks.identifier = asked.name
  ), inserted as (
    insert into graphile_worker._private_jobs (task_id, payload, run_at, max_attempts, priority)
    select task_id, payload, coalesce(run_at, now()), max_attempts, priority
      from asked
    returning run_at <= now() as due
  ), counted as (
    select count(*) filter (where due)::int as due
      from inserted
  )
  select case when due > 0 then pg_notify('jobs:insert', json_build_object('r', random(), 'count', due)::text) end
    from counted`,
);

/** Makes the names known that are not yet. The values are looked for first, so that none of an int4 identity is wasted. */
export const insertTasks = change<Sql, { names: string[] }>(
  "platform.insert_tasks",
  `
  insert into graphile_worker._private_tasks (identifier)
  select name
    from unnest(:names::text[]) as asked(name)
   where not exists (select from graphile_worker._private_tasks as tasks where tasks.identifier = asked.name)
   order by name
  on conflict do nothing`,
);

/** Frees the jobs of these pools, so that others run them. Reads every job, so it is run when a process died, not more. */
export const freeJobs = change<Tx, { workerPoolIds: string[] }>(
  "platform.free_jobs",
  "select graphile_worker.force_unlock_workers(:workerPoolIds::text[])",
);

/**
 * Frees jobs that were locked a lease ago by a pool that no living process has: one that was killed before it was
 * registered, or that went on taking jobs after it was given up.
 */
export const freeOrphanedJobs = change<Sql, { seconds: number }>(
  "platform.free_orphaned_jobs",
  `
  update graphile_worker._private_jobs as jobs
     set locked_at = null, locked_by = null
   where jobs.locked_at < clock_timestamp() - make_interval(secs => :seconds)
     and not exists (
           select from platform.processes where processes.worker_pool_id = jobs.locked_by)`,
);

/** Frees the jobs that a pool was given a lease ago, but for those that it has. */
export const freeLostJobs = change<Sql, { workerPoolId: string; jobIds: bigint[]; seconds: number }>(
  "platform.free_lost_jobs",
  `
  update graphile_worker._private_jobs
     set locked_at = null, locked_by = null
   where locked_by = :workerPoolId
     and locked_at < clock_timestamp() - make_interval(secs => :seconds)
     and id <> all(:jobIds::bigint[])`,
);

/**
 * Spreads the next try of a job that is about to fail over half its wait again. graphile-worker waits e^tries seconds
 * from `run_at`, to the second the same for all that failed together.
 */
export const spreadRetry = change<Sql, { jobIds: bigint[]; workerPoolId: string }>(
  "platform.spread_retry",
  `
  update graphile_worker._private_jobs
     set run_at = now() + random() * exp(least(attempts, 10)) * interval '0.5 second'
   where id = any(:jobIds::bigint[]) and locked_by = :workerPoolId`,
);
