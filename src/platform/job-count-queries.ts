import { many, one, type Sql } from "./db.ts";

/** How many jobs of a kind there are, by what becomes of them next. */
export interface JobCount {
  readonly name: string;
  readonly ready: bigint;
  readonly running: bigint;
  /** Their time has not come: most failed and are tried again. */
  readonly later: bigint;
  /** They have used up their tries and wait for a person. */
  readonly failed: bigint;
  /** Since the one that waits longest could have started; null when none waits. */
  readonly oldestSeconds: number | null;
}

/** Reads every job. Kinds that have none are in it with zeros, so that an alarm never loses its number. */
export const countJobs = many<Sql, Record<never, never>, JobCount>(
  "platform.count_jobs",
  `
  select tasks.identifier as name,
         count(*) filter (where jobs.locked_at is null and jobs.attempts < jobs.max_attempts and jobs.run_at <= now())
           as ready,
         count(*) filter (where jobs.locked_at is not null) as running,
         count(*) filter (where jobs.locked_at is null and jobs.attempts < jobs.max_attempts and jobs.run_at > now())
           as later,
         count(*) filter (where jobs.locked_at is null and jobs.attempts >= jobs.max_attempts) as failed,
         extract(epoch from now() - min(jobs.run_at) filter (
           where jobs.locked_at is null and jobs.attempts < jobs.max_attempts and jobs.run_at <= now()))::float8
           as oldest_seconds
    from graphile_worker._private_tasks as tasks
    left join graphile_worker._private_jobs as jobs on jobs.task_id = tasks.id
   group by tasks.identifier
   order by tasks.identifier`,
);

/** The workers that renewed their lease in time. */
export const countWorkers = one<Sql, Record<never, never>, { workers: bigint }>(
  "platform.count_workers",
  "select count(*) as workers from platform.processes where lease_until > clock_timestamp()",
);
