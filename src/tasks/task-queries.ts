import { change, many, type Sql, type Tx } from "../platform/db.ts";
import type { OpenTask } from "./task.ts";

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

/** The tasks that wait for a person, oldest first. */
export const listOpenTasks = many<Sql, { limit: number }, OpenTask>(
  "tasks.list_open_tasks",
  `
  select task_id, kind, cause, order_id, detail, opened_at
    from tasks.tasks
   where closed_at is null
   order by task_id
   limit :limit`,
);
