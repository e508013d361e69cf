import { findAttempts, mostAttempts, type PaymentAttempt } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, noChanges, type OrderPolicy } from "./changes.ts";
import type { Order } from "./order.ts";
import { lockOrders } from "./order-queries.ts";
import { startAttempt } from "./settlement.ts";
import { writeChanges } from "./write-changes.ts";

export interface StartPayments {
  readonly orderIds: readonly bigint[];
  /** Who will be asked. */
  readonly gateway: string;
  readonly by: Author;
}

/**
 * Writes the intents to have orders paid that wait for it and whom no gateway was asked about yet; answers these, as
 * they are then. The gateway is asked after that is committed. The others are passed over: they were paid, declined or
 * cancelled meanwhile, or somebody else is at it.
 *
 * Locks the orders in ascending order. Sends `PaymentInitiated`. A second call starts nothing.
 */
export async function startPayments(
  tx: Tx,
  { orderIds, gateway, by }: StartPayments,
  policy: OrderPolicy,
  now: Date,
): Promise<Order[]> {
  // The attempts are read after the locks are held: the statements run in this order, in one round trip.
  const asked = { orderIds: [...orderIds] };
  const [orders, attempts] = await Promise.all([lockOrders(tx, asked), findAttempts(tx, asked)]);
  const newest = new Map(attempts.map((attempt) => [attempt.orderId, attempt]));
  const changes = noChanges(now, policy);
  const started = orders
    .filter((order) => order.status === "pending" && isUnasked(newest.get(order.orderId)))
    .map((order) => startAttempt(changes, order, { gateway, by }).order);
  writeChanges(tx, changes);
  return started;
}

/** Whether no gateway was asked: there is no attempt, or the newest never got through. */
export function isUnasked(newest: PaymentAttempt | undefined): boolean {
  if (newest === undefined) return true;
  return newest.state === "failed" && newest.failure === "not_sent" && newest.attempt < mostAttempts;
}
