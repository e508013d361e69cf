import type { Sql, Tx } from "../platform/db.ts";
import { type Page, type PageWanted, pageById, parseId } from "../platform/page-by-id.ts";
import type { Task } from "./task.ts";
import { taskNotFound } from "./task-errors.ts";
import { findTask, listTasks, lockTask, type TaskFilter } from "./task-queries.ts";

/** Reads a task's id out of an address; 0, which no task has, when it is none. */
function taskIdOf(text: string): bigint {
  return parseId(text) ?? 0n;
}

/**
 * Tasks, newest first.
 * @throws list.cursor_unknown
 */
export function findTasks(sql: Sql, filter: TaskFilter, wanted: PageWanted): Promise<Page<Task>> {
  return pageById(
    wanted,
    (task) => task.taskId,
    (page) => listTasks(sql, filter, page),
  );
}

/**
 * One task.
 * @throws task.not_found
 */
export async function getTask(sql: Sql, named: string): Promise<Task> {
  const task = await findTask(sql, { taskId: taskIdOf(named) });
  if (!task) throw taskNotFound({ task: named });
  return task;
}

/**
 * One task, held until the transaction ends.
 * @throws task.not_found
 */
export async function holdTask(tx: Tx, named: string): Promise<Task> {
  const task = await lockTask(tx, { taskId: taskIdOf(named) });
  if (!task) throw taskNotFound({ task: named });
  return task;
}
