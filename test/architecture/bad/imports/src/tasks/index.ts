// Must be caught by ladder-tasks: tasks and identity stand side by side.
import { who } from "../identity/index.ts";
export const task = who;
