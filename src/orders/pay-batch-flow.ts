import { enqueue, queued } from "../platform/jobs.ts";
import { type BatchToPay, payBatch } from "./pay-batch.ts";
import { payPlacedOrders } from "./pay-placed-flow.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";

/**
 * Has the orders of a batch paid that wait for it. Ended by the signal, it queues itself again; when the gateway cannot
 * be asked for long it fails, to be tried again later. May run twice: see `payPlacedOrders`.
 */
export async function payBatchOrders(
  counter: Counter,
  desk: Pick<PaymentDesk, "pay">,
  { batchId, by }: BatchToPay,
  signal: AbortSignal,
): Promise<void> {
  const author = { actor: by, cause: `batch ${batchId}` };
  const { stopped, unasked } = await payPlacedOrders(counter, desk, { of: { batchId }, by: author, signal });
  if (stopped) return counter.db.transaction((tx) => enqueue(tx, [queued(payBatch, { batchId, by })]));
  if (unasked > 0) throw new Error(`The gateway ${counter.gateway.name} cannot be asked for the orders of ${batchId}.`);
}
