export { openTasks } from "./open-tasks.ts";
export type { NewTask, OpenTask, TaskKind } from "./task.ts";
export { listOpenTasks } from "./task-queries.ts";
