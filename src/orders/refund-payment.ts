import { declareJob } from "../platform/jobs.ts";

const maxTries = 25; // The job system's waits grow to weeks by then; a task was opened long before.

/** Queued in the transaction that promises money back; asks the gateway and writes down its answer. */
export const refundPayment = declareJob<{ orderId: string; refund: number }>("refund-payment", { maxTries });
