import { declareJob } from "../platform/jobs.ts";

const maxTries = 11; // With the job system's growing waits, ten hours: a gateway is back by then, or a person knows.

/** Queued in the transaction that places a batch to be charged. */
export const payBatch = declareJob<{ batchId: string; by: string }>("pay-batch", { maxTries });
