import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { findKeptJob } from "../platform/kept-job-queries.ts";
import { failedJobOf, failureCause } from "./failure.ts";
import { isGivenUp } from "./find-kept-job.ts";
import { holdTask } from "./find-tasks.ts";
import type { Task } from "./task.ts";
import { taskUndecided } from "./task-errors.ts";
import { lockOpenTaskOfCause, setTaskClosed } from "./task-queries.ts";

export interface CloseTask {
  readonly task: string;
  readonly reason: string;
  readonly by: Doer;
}

/**
 * Closes a task with the reason for which it is done, and keeps in the audit who did so. A task about a job that is
 * still given up stays open: the job would be forgotten.
 *
 * Locks the task. A second call changes nothing and answers how the task was closed.
 * @throws task.not_found, task.undecided
 */
export async function closeTask(tx: Tx, { task: named, reason, by }: CloseTask, now: Date): Promise<Task> {
  const task = await holdTask(tx, named);
  if (task.closedAt !== null) return task;
  const jobId = failedJobOf(task.cause);
  const job = jobId === undefined ? undefined : await findKeptJob(tx, { jobId });
  if (job && isGivenUp(job) && failureCause(job) === task.cause)
    throw taskUndecided({ task: task.taskId, job: job.jobId.toString() });
  return close(tx, task, { reason, by }, now);
}

/**
 * Closes the task of a cause, when there is an open one.
 *
 * Locks the task.
 */
export async function closeTaskOfCause(
  tx: Tx,
  { cause, reason, by }: Omit<CloseTask, "task"> & { cause: string },
  now: Date,
): Promise<void> {
  const task = await lockOpenTaskOfCause(tx, { cause });
  if (task) await close(tx, task, { reason, by }, now);
}

async function close(tx: Tx, task: Task, { reason, by }: Omit<CloseTask, "task">, now: Date): Promise<Task> {
  const { taskId } = task;
  await setTaskClosed(tx, { taskId, by: by.actor, reason, now });
  await recordAction(tx, { by, action: "task.closed", subject: `task/${taskId}`, detail: { reason } }, now);
  return { ...task, closedAt: now, closedBy: by.actor, closedReason: reason };
}
