import type { WorkerEvents } from "graphile-worker";
import type { Sql } from "./db.ts";
import { freeLostJobs } from "./job-queries.ts";

/** The jobs that a pool knows it has taken. */
export interface HeldJobs {
  /**
   * Frees the jobs that the database gave to this pool a lease ago and that it knows nothing of: the answer to the fetch
   * was lost, after the fetch had been committed. No one else would, since the pool lives. Answers how many.
   */
  freeLost(sql: Sql, pool: { workerPoolId: string; seconds: number }): Promise<number>;
}

/** Watches which jobs a pool takes and ends, from its start on. */
export function watchHeldJobs(events: WorkerEvents): HeldJobs {
  const held = new Set<string>();
  /** Ended since the last look. Their completion is written a little later, so that they still count as held once. */
  let ended: string[] = [];
  events.on("localQueue:getJobs:complete", ({ jobs }) => {
    for (const { id } of jobs) held.add(id);
  });
  events.on("localQueue:returnJobs", ({ jobs }) => {
    for (const { id } of jobs) ended.push(id);
  });
  events.on("job:complete", ({ job }) => ended.push(job.id));
  return {
    async freeLost(sql, { workerPoolId, seconds }) {
      const jobIds = [...held].map(BigInt);
      for (const id of ended) held.delete(id);
      ended = [];
      return freeLostJobs(sql, { workerPoolId, jobIds, seconds });
    },
  };
}
