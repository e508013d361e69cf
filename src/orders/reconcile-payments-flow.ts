import { type ChargeAnswer, type ChargeRequest, claimDueAttempts, type PaymentAttempt } from "../payments/index.ts";
import { reach } from "../platform/failpoints.ts";
import { findOrders } from "./order-queries.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";

const claimedAtOnce = 100; // One round asks for so many; the next round follows at once while more are due.
const claimedForCalls = 3; // A check makes two calls at most; nobody else asks for the same attempt meanwhile.
const givenUpAfterMs = 900_000; // A payment that the gateway never heard of is not waited for longer.
const askedOftenEnough = 8; // With the waits doubling from five seconds, the last call ended minutes before the last look.

/**
 * Asks gateways what became of attempts whose outcome is due to be known, and settles what they say.
 *
 * An attempt that the gateway never received is asked for again with the same key where that cannot charge twice, eight
 * times at most; after a quarter of an hour it is given up, and the order can be cancelled or paid again. May run anywhere and at once: each attempt is claimed first.
 * Answers how many attempts it looked at.
 */
export async function reconcilePayments(counter: Counter, desk: Pick<PaymentDesk, "settle">): Promise<number> {
  const now = counter.clock.now();
  const nextCheckAt = new Date(now.getTime() + claimedForCalls * counter.policy.firstCheckMs);
  const due = await counter.db.transaction((tx) => claimDueAttempts(tx, { now, nextCheckAt, limit: claimedAtOnce }));
  if (due.length === 0) return 0;
  const orders = await findOrders(counter.db, { orderIds: due.map((attempt) => attempt.orderId) });
  const emails = new Map(orders.map((order) => [order.orderId, order.customerEmail]));
  await Promise.all(due.map((attempt) => reconcileOne(counter, desk, attempt, emails.get(attempt.orderId) ?? "")));
  return due.length;
}

async function reconcileOne(
  counter: Counter,
  desk: Pick<PaymentDesk, "settle">,
  attempt: PaymentAttempt,
  customerEmail: string,
): Promise<void> {
  const { orderId } = attempt;
  const answer = await askAgain(counter, attempt, { ...attempt, customerEmail });
  await reach("after-reconcile-answer");
  const by = { actor: "reconciler", cause: `check ${attempt.checks + 1} of attempt ${attempt.attempt}` };
  await desk.settle({ orderId, attempt: attempt.attempt, readBack: true, answer, by });
}

async function askAgain(
  { gateway, clock }: Counter,
  attempt: PaymentAttempt,
  request: ChargeRequest,
): Promise<ChargeAnswer> {
  if (attempt.gateway !== gateway.name) return { outcome: "unknown", reason: `${attempt.gateway} is not configured` };
  const found = await gateway.findCharge(request);
  if (found) return asUnknown(found);
  // On a page of its own the gateway is asked by the shopper, and not charged by us.
  if (!attempt.hosted && gateway.keysAreSafe && attempt.checks < askedOftenEnough)
    return asUnknown(await gateway.charge(request));
  const ageMs = clock.now().getTime() - attempt.createdAt.getTime();
  return ageMs > givenUpAfterMs
    ? { outcome: "failed", failure: "processing_error", reference: null }
    : { outcome: "unknown", reason: "the gateway has no such payment yet" };
}

/** That this call did not get through says nothing about an earlier one. */
function asUnknown(answer: ChargeAnswer): ChargeAnswer {
  return answer.outcome === "not_sent" ? { outcome: "unknown", reason: answer.reason } : answer;
}
