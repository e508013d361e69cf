export { openTasks } from "./open-tasks.ts";
export type { NewTask, TaskKind } from "./task.ts";
export { countOpenTasks } from "./task-count-queries.ts";
