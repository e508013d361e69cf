import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import type { JobDeclaration } from "../platform/jobs.ts";
import { type KeptJob, setJobDue } from "../platform/kept-job-queries.ts";
import { closeTaskOfCause } from "./close-task.ts";
import { failureCause, shownPayload } from "./failure.ts";
import { holdJob, isGivenUp } from "./find-kept-job.ts";
import { jobRunning } from "./job-errors.ts";

export interface RetryJob {
  readonly job: string;
  readonly by: Doer;
  /** The kinds that this version knows, for how many tries each gets. */
  readonly declarations: readonly JobDeclaration<object>[];
}

const reason = "The job is tried again.";

/**
 * Makes a job due at once. One that was given up gets all its tries anew, and its task is closed: given up again, it
 * opens another. One that waits keeps the tries that it had.
 *
 * Locks the job, then its task. A second call finds a job that waits, and makes it due at once again.
 * @throws job.not_found, job.running
 */
export async function retryJob(tx: Tx, { job: named, by, declarations }: RetryJob, now: Date): Promise<KeptJob> {
  const job = await holdJob(tx, named);
  if (job.lockedAt !== null) throw jobRunning({ job: job.jobId });
  const { jobId, name } = job;
  const maxTries = declarations.find((declaration) => declaration.name === name)?.maxTries ?? job.maxTries;
  const due = isGivenUp(job) ? { tries: 0, maxTries, round: job.round + 1 } : job;
  await setJobDue(tx, { jobId, tries: due.tries, maxTries: due.maxTries, round: due.round });
  const detail = { name, payload: shownPayload(job.payload), tries: job.tries };
  await recordAction(tx, { by, action: "job.retried", subject: `job/${jobId}`, detail }, now);
  if (isGivenUp(job)) await closeTaskOfCause(tx, { cause: failureCause(job), reason, by }, now);
  return { ...job, ...due, runAt: now };
}
