import { findAttempts, isOpen, mostAttempts, type PaymentAttempt } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, noChanges, type OrderPolicy } from "./changes.ts";
import { getOrderToPay } from "./get-order-to-pay.ts";
import type { Order } from "./order.ts";
import { orderPaymentsTooMany, orderPaymentUnderWay, paymentRetrySeconds } from "./order-errors.ts";
import { startAttempt } from "./settlement.ts";
import { writeChanges } from "./write-changes.ts";

export interface StartHostedPayment {
  readonly orderId: bigint;
  /** Who will be asked, and whether they have pages to pay on. */
  readonly gateway: string;
  readonly hosted: boolean;
  readonly by: Author;
}

/**
 * Writes the intent to have a shopper's order paid: answers the attempt whose page is open already, or begins the next.
 * Two tabs that pay one order so have one page between them.
 *
 * Locks the order. Sends `PaymentInitiated` for a new attempt.
 * @throws order.not_found, order.cannot_move, order.payment_under_way, order.payments_too_many
 */
export async function startHostedPayment(
  tx: Tx,
  { orderId, gateway, hosted, by }: StartHostedPayment,
  policy: OrderPolicy,
  now: Date,
): Promise<{ order: Order; attempt: PaymentAttempt; isNew: boolean }> {
  const order = await getOrderToPay(tx, { orderId });
  if (order.status === "payment_processing") {
    const newest = (await findAttempts(tx, { orderIds: [orderId] })).at(-1);
    if (newest?.hosted && newest.gateway === gateway && isOpen(newest)) return { order, attempt: newest, isNew: false };
    throw orderPaymentUnderWay({}, { retryAfterSeconds: paymentRetrySeconds });
  }
  if (order.attempts >= mostAttempts) throw orderPaymentsTooMany({});
  const changes = noChanges(now, policy);
  const started = startAttempt(changes, order, { gateway, hosted, by });
  writeChanges(tx, changes);
  return { ...started, isNew: true };
}
