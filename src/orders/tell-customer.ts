import { declareJob } from "../platform/jobs.ts";

/** What a customer is told by mail, once for each order. */
export type LetterKind = "order_confirmation" | "order_shipped" | "order_cancelled";

const maxTries = 20; // With the job system's growing waits that is about three days, as long as mail servers try.

/** Queued in the transaction of the change that it tells of; run by notifications. */
export const tellCustomer = declareJob<{ orderId: string; kind: LetterKind }>("tell-customer", { maxTries });
