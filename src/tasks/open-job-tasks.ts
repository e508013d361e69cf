import type { Tx } from "../platform/db.ts";
import { giveUpUnknownJobs, listGivenUpJobs } from "../platform/kept-job-queries.ts";
import { failureCause, orderIdOfPayload, shownError, shownPayload } from "./failure.ts";
import { openTasks } from "./open-tasks.ts";

const atOnce = 500; // One statement for each round; the chore goes through all of them.

/**
 * Opens a task for each job that was given up and has none, so that none dies in silence, however it died: its last try
 * may have gone down with its process. Answers after which id to go on, undefined at the end.
 */
export async function openJobTasks(tx: Tx, { after }: { after: bigint }, now: Date): Promise<bigint | undefined> {
  const jobs = await listGivenUpJobs(tx, { after, limit: atOnce });
  const tasks = jobs.map((job) => ({
    kind: "job_failed" as const,
    cause: failureCause(job),
    orderId: orderIdOfPayload(job.payload),
    detail: {
      job: job.jobId,
      name: job.name,
      payload: shownPayload(job.payload),
      tries: job.tries,
      error: job.lastError === null ? null : shownError(job.lastError),
    },
  }));
  await openTasks(tx, tasks, now);
  return jobs.length < atOnce ? undefined : jobs.at(-1)?.jobId;
}

const unknownSeconds = 3600; // A rolling upgrade is over by then; during one, older processes meet names of newer ones.

/** Gives up jobs whose names no version here knows and that nobody took for an hour. Answers how many, 500 at most. */
export function giveUpStrangers(tx: Tx, known: readonly string[]): Promise<number> {
  const why = "No process knows a job of this name.";
  return giveUpUnknownJobs(tx, { known: [...known], seconds: unknownSeconds, why, most: atOnce });
}
