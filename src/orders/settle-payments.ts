import { findAttempts, findCaptures, type PaymentAttempt } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { noChanges, type OrderPolicy } from "./changes.ts";
import type { Order } from "./order.ts";
import { lockOrders } from "./order-queries.ts";
import type { PaymentResult, SettlementOutcome } from "./payment-result.ts";
import { applyResult, type OrderInHand } from "./settlement.ts";
import { writeChanges } from "./write-changes.ts";

/** What became of one result: the outcome, the order as it stands now, and the attempt that was named. */
export interface Settlement {
  readonly outcome: SettlementOutcome;
  readonly order: Order | undefined;
  readonly attempt: PaymentAttempt | undefined;
}

/**
 * Takes in what was heard about payments, for many orders at once, and moves the orders accordingly. Our own calls,
 * webhooks, the reconciler and the console all come through here.
 *
 * Locks the orders in ascending order. Sends `PaymentProcessed` and `OrderConfirmed`, or `PaymentFailed`.
 * A second call with the same result changes nothing; a result that does not fit opens a task.
 */
export async function settlePayments(
  tx: Tx,
  results: readonly PaymentResult[],
  policy: OrderPolicy,
  now: Date,
): Promise<Settlement[]> {
  const orderIds = [...new Set(results.map((result) => result.orderId))];
  // The attempts are read after the locks are held: the statements run in this order, in one round trip.
  const [orders, attempts] = await Promise.all([lockOrders(tx, { orderIds }), findAttempts(tx, { orderIds })]);
  const hands = new Map<bigint, OrderInHand>(
    orders.map((order) => [order.orderId, { order, attempts: new Map(), elsewhere: new Set() }] as const),
  );
  for (const attempt of attempts) hands.get(attempt.orderId)?.attempts.set(attempt.attempt, attempt);
  await findElsewhere(tx, results, hands);

  const changes = noChanges(now, policy);
  const outcomes = results.map((result) => {
    const hand = hands.get(result.orderId);
    return hand ? applyResult(changes, hand, result) : "no_order";
  });
  writeChanges(tx, changes);
  return results.map(({ orderId, attempt }, index) => {
    const hand = hands.get(orderId);
    const settled = attempt === null ? undefined : hand?.attempts.get(attempt);
    return { outcome: outcomes[index] as SettlementOutcome, order: hand?.order, attempt: settled };
  });
}

/**
 * Notes which payments belong to other orders: the ledger takes each once, and would refuse the whole set. Only what was
 * not answered to our own first call can name one, so that the hot path does not ask.
 */
async function findElsewhere(
  tx: Tx,
  results: readonly PaymentResult[],
  hands: ReadonlyMap<bigint, OrderInHand>,
): Promise<void> {
  const references = results.flatMap(({ answer, attempt, readBack }) =>
    answer.outcome === "paid" && (attempt === null || readBack) ? [answer.reference] : [],
  );
  if (references.length === 0) return;
  const attempts = [...hands.values()].flatMap((hand) => [...hand.attempts.values()]);
  const gateways = [...new Set(attempts.map((attempt) => attempt.gateway))];
  for (const { orderId, reference } of await findCaptures(tx, { gateways, references })) {
    for (const hand of hands.values()) if (hand.order.orderId !== orderId) hand.elsewhere.add(reference);
  }
}
