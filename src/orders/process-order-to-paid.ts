import type { Tx } from "../platform/db.ts";
import type { Author, OrderPolicy } from "./changes.ts";
import type { Order } from "./order.ts";
import { settlePayments } from "./settle-payments.ts";

export interface PaidAttempt {
  readonly orderId: bigint;
  readonly attempt: number;
  /** The gateway's name of the payment. */
  readonly reference: string;
  readonly totalMinor: bigint;
  readonly currency: string;
  readonly by: Author;
}

/**
 * Makes an order paid by the payment of one of its attempts: the money stands in the ledger, the details are frozen, the
 * order is confirmed and its mail queued. Money that does not fit pays nothing, and what comes too late goes back.
 *
 * Locks the order. Sends `PaymentProcessed`, `OrderConfirmed`. A second call changes nothing.
 * Source: BOB OrderService, `process_order_to_paid`.
 */
export async function processOrderToPaid(
  tx: Tx,
  { orderId, attempt, reference, totalMinor: amountMinor, currency, by }: PaidAttempt,
  policy: OrderPolicy,
  now: Date,
): Promise<{ success: boolean; order: Order | undefined }> {
  const answer = { outcome: "paid", reference, amountMinor, currency } as const;
  const [settled] = await settlePayments(tx, [{ orderId, attempt, readBack: true, answer, by }], policy, now);
  const isPaid = settled?.outcome === "paid" || (settled?.outcome === "duplicate" && settled.attempt?.state === "paid");
  return { success: isPaid, order: settled?.order };
}
