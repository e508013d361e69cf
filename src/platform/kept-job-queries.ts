import { change, many, maybeOne, type Sql, type Tx } from "./db.ts";
import { manyBy } from "./filter-rows.ts";

/** A job as the tables have it: done ones are gone. */
export interface KeptJob {
  readonly jobId: bigint;
  readonly name: string;
  readonly key: string | null;
  readonly queue: string | null;
  readonly payload: unknown;
  readonly tries: number;
  readonly maxTries: number;
  /** How often a person had it tried from the beginning. */
  readonly round: number;
  readonly lastError: string | null;
  readonly runAt: Date;
  readonly createdAt: Date;
  readonly lockedAt: Date | null;
}

const columns = `
  jobs.id as job_id, tasks.identifier as name, jobs.key, queues.queue_name as queue, jobs.payload,
  jobs.attempts as tries, jobs.max_attempts as max_tries, jobs.revision as round, jobs.last_error, jobs.run_at,
  jobs.created_at, jobs.locked_at`;

const joined = `
    from graphile_worker._private_jobs as jobs
    join graphile_worker._private_tasks as tasks on tasks.id = jobs.task_id
    left join graphile_worker._private_job_queues as queues on queues.id = jobs.job_queue_id`;

/** Each true, where it is given. */
export type JobFilter = {
  waiting?: true | undefined;
  running?: true | undefined;
  failed?: true | undefined;
  name?: string | undefined;
};

/** Jobs, newest first. Among many that wait, the few that failed are found by reading them all. */
export const listKeptJobs = manyBy<JobFilter, KeptJob>(
  "platform.list_kept_jobs",
  {
    waiting: "jobs.is_available and :waiting::boolean",
    running: "jobs.locked_at is not null and :running::boolean",
    failed: "not jobs.is_available and jobs.locked_at is null and :failed::boolean",
    name: "tasks.identifier = :name",
  },
  (conditions) => `
  select ${columns}${joined}
   where jobs.id < :before${conditions}
   order by jobs.id desc
   limit :limit`,
);

export const findKeptJob = maybeOne<Sql, { jobId: bigint }, KeptJob>(
  "platform.find_kept_job",
  `
  select ${columns}${joined}
   where jobs.id = :jobId`,
);

/** Keeps workers from taking the job until the transaction ends; they pass it over meanwhile. */
export const lockKeptJob = maybeOne<Tx, { jobId: bigint }, KeptJob>(
  "platform.lock_kept_job",
  `
  select ${columns}${joined}
   where jobs.id = :jobId
     for update of jobs`,
);

/** Jobs whose tries are used up, oldest first, after an id. Reads all jobs: for somebody who asks every few seconds. */
export const listGivenUpJobs = many<Sql, { after: bigint; limit: number }, KeptJob>(
  "platform.list_given_up_jobs",
  `
  select ${columns}${joined}
   where not jobs.is_available and jobs.locked_at is null and jobs.id > :after
   order by jobs.id
   limit :limit`,
);

/** Makes a job due. Nothing for one that runs. */
export const setJobDue = change<Tx, { jobId: bigint; tries: number; maxTries: number; round: number }>(
  "platform.set_job_due",
  `
  update graphile_worker._private_jobs
     set attempts = :tries, max_attempts = :maxTries, revision = :round, run_at = now(), updated_at = now()
   where id = :jobId and locked_at is null`,
);

/** Takes a job away. Nothing for one that runs. */
export const deleteJob = change<Tx, { jobId: bigint }>(
  "platform.delete_job",
  "delete from graphile_worker._private_jobs where id = :jobId and locked_at is null",
);

/**
 * Gives up jobs that nobody took although they are due since long, and whose names are none of these. While every name
 * is known, no job is read.
 */
export const giveUpUnknownJobs = change<Sql, { known: string[]; seconds: number; why: string; most: number }>(
  "platform.give_up_unknown_jobs",
  `
  with unknown as materialized (
    select id from graphile_worker._private_tasks where identifier <> all(:known::text[])
  ), waiting as (
    select jobs.id
      from graphile_worker._private_jobs as jobs
     where exists (select from unknown)
       and jobs.is_available
       and jobs.task_id in (select unknown.id from unknown)
       and jobs.run_at < now() - make_interval(secs => :seconds)
     order by jobs.id
     limit :most
       for update skip locked
  )
  update graphile_worker._private_jobs as jobs
     set attempts = jobs.max_attempts, last_error = :why, updated_at = now()
    from waiting
   where jobs.id = waiting.id`,
);

/** Lets a job that a worker runs just now fail after so many tries already. */
export const setFewerTries = change<Sql, { jobId: bigint; workerPoolId: string; most: number }>(
  "platform.set_fewer_tries",
  `
  update graphile_worker._private_jobs
     set max_attempts = greatest(1, least(max_attempts, :most::int2))
   where id = :jobId and locked_by = :workerPoolId`,
);
