import { declareJob } from "../platform/jobs.ts";

const maxTries = 11; // With the job system's growing waits, ten hours: a gateway is back by then, or a person knows.

/** The batch, and who placed it. */
export interface BatchToPay {
  readonly batchId: string;
  readonly by: string;
}

/** Queued in the transaction that places a batch to be charged. */
export const payBatch = declareJob<BatchToPay>("pay-batch", { maxTries });

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the payload of a job names a batch as ours do. */
export function isAboutBatch(payload: unknown): payload is BatchToPay {
  const { batchId, by } = (payload ?? {}) as Partial<Record<keyof BatchToPay, unknown>>;
  return typeof batchId === "string" && uuidShape.test(batchId) && typeof by === "string";
}
