import { findAttempts, findRefunds, type PaymentAttempt, sumMoney } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { orderNotFound } from "./order-errors.ts";
import { lockOrders } from "./order-queries.ts";
import type { MoneyInHand } from "./repayment.ts";

/**
 * Reads an order with all that money did to it, for verbs that send some back.
 *
 * Locks the order, so that what is left is counted by one at a time.
 * @throws order.not_found
 */
export async function holdOrderMoney(tx: Tx, orderId: bigint): Promise<MoneyInHand> {
  const orderIds = [orderId];
  const [[order], attempts, refunds, sums] = await Promise.all([
    lockOrders(tx, { orderIds }),
    findAttempts(tx, { orderIds }),
    findRefunds(tx, { orderId }),
    sumMoney(tx, { orderId }),
  ]);
  if (!order) throw orderNotFound({ order: orderId.toString() });
  const moneyOf = new Map(sums.map((money) => [money.attempt, money]));
  const nothing = { orderId, capturedMinor: 0n, refundingMinor: 0n, refundedMinor: 0n, chargedBackMinor: 0n };
  const charges = attempts.map((attempt: PaymentAttempt) => ({
    attempt,
    money: moneyOf.get(attempt.attempt) ?? { ...nothing, attempt: attempt.attempt },
  }));
  return { order, charges, refunds };
}
