import { change, many, maybeOne, type Sql, type Tx } from "./db.ts";

export const insertProcess = change<Sql, { processId: string; kind: string; workerPoolId: string; seconds: number }>(
  "platform.insert_process",
  `
  insert into platform.processes (process_id, kind, worker_pool_id, lease_until)
  values (:processId, :kind, :workerPoolId, clock_timestamp() + make_interval(secs => :seconds))`,
);

/** Renews a row that is still there, even a late one: the row goes in the transaction that frees its jobs, not before. */
export const extendProcess = change<Sql, { processId: string; seconds: number }>(
  "platform.extend_process",
  `
  update platform.processes
     set lease_until = clock_timestamp() + make_interval(secs => :seconds)
   where process_id = :processId`,
);

/** Keeps the process from being taken for dead until the transaction ends; renewals are not in the way. */
export const lockProcess = maybeOne<Tx, { processId: string }, { processId: string }>(
  "platform.lock_process",
  "select process_id from platform.processes where process_id = :processId for key share",
);

export const deleteProcess = change<Sql, { processId: string }>(
  "platform.delete_process",
  "delete from platform.processes where process_id = :processId",
);

/**
 * Removes the processes whose lease is over and answers them. After a restart of the database everybody has one lease
 * to come back. A process that is writing under its row just now is left for the next time.
 */
export const deleteDeadProcesses = many<
  Tx,
  { seconds: number },
  { processId: string; kind: string; workerPoolId: string | null }
>(
  "platform.delete_dead_processes",
  `
  with dead as materialized (
    select process_id
      from platform.processes
     where lease_until < clock_timestamp()
       and pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => :seconds)
     order by process_id
       for update skip locked
  )
  delete from platform.processes
   using dead
   where processes.process_id = dead.process_id
  returning processes.process_id, processes.kind, processes.worker_pool_id`,
);
