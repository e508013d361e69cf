import { declareJob, type QueuedJob, queued } from "../platform/jobs.ts";
import type { Order } from "./order.ts";

/** What a customer is told by mail, once for each order. */
export type LetterKind = "order_confirmation" | "order_shipped" | "order_cancelled";

const maxTries = 20; // With the job system's growing waits that is about three days, as long as mail servers try.

/** Queued in the transaction of the change that it tells of; run by notifications. */
export const tellCustomer = declareJob<{ orderId: string; kind: LetterKind }>("tell-customer", { maxTries });

const afterMoney = 10; // Behind refunds, whose priority is 0: nobody waits for his money because mails are many.

/**
 * The job that tells the customer of an order, to be queued with the change that it tells of. None when the order is a
 * quiet one or has no address.
 */
export function letterJobs(order: Pick<Order, "orderId" | "notify" | "customerEmail">, kind: LetterKind): QueuedJob[] {
  if (!order.notify || order.customerEmail === "") return [];
  return [queued(tellCustomer, { orderId: order.orderId.toString(), kind }, { priority: afterMoney })];
}
