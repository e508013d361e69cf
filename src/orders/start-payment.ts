import { mostAttempts, type PaymentAttempt } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, noChanges, type OrderPolicy } from "./changes.ts";
import { movesFrom, type Order } from "./order.ts";
import {
  orderCannotMove,
  orderNotFound,
  orderPaymentsTooMany,
  orderPaymentUnderWay,
  paymentRetrySeconds,
} from "./order-errors.ts";
import { lockOrders } from "./order-queries.ts";
import { startAttempt } from "./settlement.ts";
import { writeChanges } from "./write-changes.ts";

export interface StartPayment {
  readonly orderId: bigint;
  /** Who will be asked. */
  readonly gateway: string;
  readonly by: Author;
}

/**
 * Writes the intent to have an unpaid order paid once more. The gateway is asked after that is committed; until there is
 * an outcome nobody else can begin, so that one attempt at a time is open.
 *
 * Locks the order. Sends `PaymentInitiated`.
 * @throws order.not_found, order.payment_under_way, order.cannot_move, order.payments_too_many
 */
export async function startPayment(
  tx: Tx,
  { orderId, gateway, by }: StartPayment,
  policy: OrderPolicy,
  now: Date,
): Promise<{ order: Order; attempt: PaymentAttempt }> {
  const [order] = await lockOrders(tx, { orderIds: [orderId] });
  if (!order) throw orderNotFound({ order: orderId.toString() });
  if (order.status === "payment_processing") throw orderPaymentUnderWay({}, { retryAfterSeconds: paymentRetrySeconds });
  if (order.status !== "pending") {
    throw orderCannotMove({ status: order.status, wanted: "payment_processing", allowed: movesFrom(order) });
  }
  if (order.attempts >= mostAttempts) throw orderPaymentsTooMany({});

  const changes = noChanges(now, policy);
  const started = startAttempt(changes, order, { gateway, by });
  writeChanges(tx, changes);
  return started;
}
