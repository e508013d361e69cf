import { type ChargeAnswer, findAttempts, isOpen } from "../payments/index.ts";
import { reach } from "../platform/failpoints.ts";
import { findOrders } from "./order-queries.ts";
import type { Counter } from "./payment-desk-flow.ts";
import { type AttemptUpdate, updateAttemptToPay } from "./update-attempt-to-pay.ts";

/** What the gateway says, when it is the end of a payment; undefined while there is none. */
function outcomeOf(answer: ChargeAnswer | undefined): AttemptUpdate["outcome"] | undefined {
  if (answer?.outcome === "failed") return { status: "failed", failure: answer.failure, reference: answer.reference };
  if (answer?.outcome !== "paid") return undefined;
  const { reference, amountMinor: totalMinor, currency } = answer;
  return { status: "paid", reference, totalMinor, currency };
}

/**
 * Asks the gateway what became of the page on which an order is being paid, since its shopper is back from there, and
 * settles it. The webhook may come at the same moment: both end in `settlePayments`. While nobody paid, nothing is written.
 */
export async function refreshPayment({ db, gateway, policy, clock }: Counter, orderId: bigint): Promise<void> {
  const asked = { orderIds: [orderId] };
  const [[order], attempts] = await Promise.all([findOrders(db, asked), findAttempts(db, asked)]);
  const newest = attempts.at(-1);
  if (!order || !newest || newest.sessionReference === null || !isOpen(newest)) return;
  if (newest.gateway !== gateway.name) return;
  const outcome = outcomeOf(await gateway.findCharge({ ...newest, customerEmail: order.customerEmail }));
  if (outcome === undefined) return;
  await reach("after-refresh-answer");
  const by = { actor: "shopper", cause: `return from attempt ${newest.attempt}` };
  const update = { gateway: gateway.name, externalId: newest.sessionReference, outcome, by };
  await db.transaction((tx) => updateAttemptToPay(tx, update, policy, clock.now()));
}
