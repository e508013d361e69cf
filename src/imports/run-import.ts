import { declareJob } from "../platform/jobs.ts";

const maxTries = 25; // The job system's waits grow to weeks by then; a task was opened long before.

/** Queued in the transaction that gives an import something to do: to be read, or its orders to be placed. */
export const runImport = declareJob<{ importUid: string }>("run-import", { maxTries });
