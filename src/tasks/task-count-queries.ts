import { many, type Sql } from "../platform/db.ts";
import type { TaskKind } from "./task.ts";

/** How many tasks of a kind wait for a person, and for how long the oldest does. */
export const countOpenTasks = many<Sql, Record<never, never>, { kind: TaskKind; tasks: bigint; oldestSeconds: number }>(
  "tasks.count_open_tasks",
  `
  select kind, count(*) as tasks, extract(epoch from now() - min(opened_at))::float8 as oldest_seconds
    from tasks.tasks
   where closed_at is null
   group by kind`,
);
