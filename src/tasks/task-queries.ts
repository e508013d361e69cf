import { change, type Tx } from "../platform/db.ts";

export const insertTasks = change<
  Tx,
  { kinds: string[]; causes: string[]; orderIds: (bigint | null)[]; details: string[]; now: Date }
>(
  "tasks.insert_tasks",
  `
  insert into tasks.tasks (kind, cause, order_id, detail, opened_at)
  select given.*, :now
    from unnest(:kinds::text[], :causes::text[], :orderIds::bigint[], :details::jsonb[]) as given
      on conflict (cause) do nothing`,
);
