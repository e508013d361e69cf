import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import type { Job } from "../platform/jobs.ts";
import { deleteJob, type KeptJob } from "../platform/kept-job-queries.ts";
import { closeTaskOfCause } from "./close-task.ts";
import { failureCause, shownError, shownPayload } from "./failure.ts";
import { holdJob, isGivenUp } from "./find-kept-job.ts";
import { jobNotFailed, jobRunning } from "./job-errors.ts";

export interface DiscardJob {
  readonly job: string;
  readonly reason: string;
  readonly by: Doer;
  /** The kinds that this version knows: each says what must be written down, or that it may not go. */
  readonly jobs: readonly Job<object>[];
}

/**
 * Takes away a job that was given up, and keeps in the audit what it was, who discarded it and why; its task is closed.
 * Its kind writes down what will not be done now, or refuses: money that was promised needs its job.
 *
 * Locks the job, then what its kind locks, then its task.
 * @throws job.not_found, job.running, job.not_failed
 */
export async function discardJob(tx: Tx, { job: named, reason, by, jobs }: DiscardJob, now: Date): Promise<KeptJob> {
  const job = await holdJob(tx, named);
  const { jobId, name, payload, tries, lastError } = job;
  if (job.lockedAt !== null) throw jobRunning({ job: jobId });
  if (!isGivenUp(job)) throw jobNotFailed({ job: jobId });
  const kind = jobs.find(({ declaration }) => declaration.name === name);
  // What cannot be read names nothing that could be written down.
  if (kind?.abandon && kind.accepts?.(payload) !== false) await kind.abandon(tx, payload as object, now);
  await deleteJob(tx, { jobId });
  const error = lastError === null ? null : shownError(lastError);
  const detail = { name, payload: shownPayload(payload), tries, error, reason };
  await recordAction(tx, { by, action: "job.discarded", subject: `job/${jobId}`, detail }, now);
  await closeTaskOfCause(tx, { cause: failureCause(job), reason, by }, now);
  return job;
}
