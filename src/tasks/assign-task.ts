import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { holdTask } from "./find-tasks.ts";
import type { Task } from "./task.ts";
import { taskClosed } from "./task-errors.ts";
import { setAssignee, unsetAssignee } from "./task-queries.ts";

/** Whose a task shall be: named freely, since people have no accounts yet. Null frees it. */
export interface AssignTask {
  readonly task: string;
  readonly assignee: string | null;
  readonly by: Doer;
}

/**
 * Gives an open task to somebody, or frees it, and keeps in the audit who did so.
 *
 * Locks the task. Giving it to whom it belongs already changes nothing.
 * @throws task.not_found, task.closed
 */
export async function assignTask(tx: Tx, { task: named, assignee, by }: AssignTask, now: Date): Promise<Task> {
  const task = await holdTask(tx, named);
  const { taskId } = task;
  if (task.closedAt !== null) throw taskClosed({ task: taskId });
  if (task.assignee === assignee) return task;
  if (assignee === null) await unsetAssignee(tx, { taskId });
  else await setAssignee(tx, { taskId, assignee, by: by.actor, now });
  const detail = { assignee, before: task.assignee };
  await recordAction(tx, { by, action: "task.assigned", subject: `task/${taskId}`, detail }, now);
  const assigned =
    assignee === null ? { assignedAt: null, assignedBy: null } : { assignedAt: now, assignedBy: by.actor };
  return { ...task, assignee, ...assigned };
}
