import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import { detailText, type NewTask, storable } from "./task.ts";
import { insertTasks } from "./task-queries.ts";

/**
 * Opens tasks in the transaction that met the trouble. A cause that has its task already, open or closed, opens none: it
 * names one occurrence, and trouble that comes back brings a cause of its own.
 * Waits for transactions that open a task of the same cause just now.
 */
export async function openTasks(tx: Tx, tasks: readonly NewTask[], now: Date): Promise<void> {
  if (tasks.length === 0) return;
  const columns = columnsOf(tasks, {
    kinds: (task) => task.kind as string,
    causes: (task) => storable(task.cause),
    orderIds: (task) => task.orderId,
    details: (task) => detailText(task.detail),
  });
  await insertTasks(tx, { ...columns, now });
}
