import type { Db } from "./db.ts";
import { freeJobs, freeOrphanedJobs } from "./job-queries.ts";
import { deleteDeadProcesses } from "./process-queries.ts";

/**
 * Forgets the processes whose lease is over and frees their jobs, in one transaction: a process whose row is still
 * there still has its jobs. Answers how many processes there were.
 */
export async function freeDeadWorkers(db: Db, seconds: number): Promise<number> {
  return db.transaction(async (tx) => {
    const dead = await deleteDeadProcesses(tx, { seconds });
    const workerPoolIds = dead.flatMap(({ workerPoolId }) => (workerPoolId === null ? [] : [workerPoolId]));
    if (workerPoolIds.length > 0) await freeJobs(tx, { workerPoolIds });
    return dead.length;
  });
}

/** Frees jobs that no living process has held for longer than a lease. Answers how many. */
export function freeForgottenJobs(db: Db, seconds: number): Promise<number> {
  return freeOrphanedJobs(db, { seconds });
}
