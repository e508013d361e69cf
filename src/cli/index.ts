export type { Program, Running, Serving } from "./command.ts";
export { runCommandLine } from "./command-line.ts";
