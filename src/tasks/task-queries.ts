import { change, maybeOne, type Sql, type Tx } from "../platform/db.ts";
import { manyBy } from "../platform/filter-rows.ts";
import type { Task } from "./task.ts";

/** Goes through the causes in ascending order, so that two sets with the same ones never wait for each other in a circle. */
export const insertTasks = change<
  Tx,
  { kinds: string[]; causes: string[]; orderIds: (bigint | null)[]; details: string[]; now: Date }
>(
  "tasks.insert_tasks",
  `
  insert into tasks.tasks (kind, cause, order_id, detail, opened_at)
  select given.kind, given.cause, given.order_id, given.detail, :now
    from unnest(:kinds::text[], :causes::text[], :orderIds::bigint[], :details::jsonb[])
      as given (kind, cause, order_id, detail)
   order by given.cause
      on conflict (cause) do nothing`,
);

const columns = `
  task_id, kind, cause, order_id, detail, opened_at, assignee, assigned_at, assigned_by, closed_at, closed_by,
  closed_reason`;

/** `open` and `closed` are true where they are given. */
export type TaskFilter = {
  open?: true | undefined;
  closed?: true | undefined;
  kind?: string | undefined;
  orderId?: bigint | undefined;
  assignee?: string | undefined;
};

/** Tasks, newest first. */
export const listTasks = manyBy<TaskFilter, Task>(
  "tasks.list_tasks",
  {
    open: "closed_at is null and :open::boolean",
    closed: "closed_at is not null and :closed::boolean",
    kind: "kind = :kind",
    orderId: "order_id = :orderId",
    assignee: "assignee = :assignee",
  },
  (conditions) => `
  select ${columns}
    from tasks.tasks
   where task_id < :before${conditions}
   order by task_id desc
   limit :limit`,
);

export const findTask = maybeOne<Sql, { taskId: bigint }, Task>(
  "tasks.find_task",
  `
  select ${columns}
    from tasks.tasks
   where task_id = :taskId`,
);

/** Holds the task until the transaction ends. */
export const lockTask = maybeOne<Tx, { taskId: bigint }, Task>(
  "tasks.lock_task",
  `
  select ${columns}
    from tasks.tasks
   where task_id = :taskId
     for update`,
);

/** Holds the open task of a cause, if there is one. */
export const lockOpenTaskOfCause = maybeOne<Tx, { cause: string }, Task>(
  "tasks.lock_open_task_of_cause",
  `
  select ${columns}
    from tasks.tasks
   where cause = :cause and closed_at is null
     for update`,
);

export const setAssignee = change<Tx, { taskId: bigint; assignee: string; by: string; now: Date }>(
  "tasks.set_assignee",
  `
  update tasks.tasks
     set assignee = :assignee, assigned_by = :by, assigned_at = :now
   where task_id = :taskId`,
);

export const unsetAssignee = change<Tx, { taskId: bigint }>(
  "tasks.unset_assignee",
  `
  update tasks.tasks
     set assignee = null, assigned_by = null, assigned_at = null
   where task_id = :taskId`,
);

export const setTaskClosed = change<Tx, { taskId: bigint; by: string; reason: string; now: Date }>(
  "tasks.set_task_closed",
  `
  update tasks.tasks
     set closed_at = :now, closed_by = :by, closed_reason = :reason
   where task_id = :taskId and closed_at is null`,
);
