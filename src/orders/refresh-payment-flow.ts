import { type ChargeAnswer, isOpen } from "../payments/index.ts";
import { reach } from "../platform/failpoints.ts";
import type { Counter } from "./payment-desk-flow.ts";
import type { BoughtOrder } from "./store-order-view.ts";
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
export async function refreshPayment(
  { db, gateway, policy, clock }: Counter,
  { order, attempt: newest }: Pick<BoughtOrder, "order" | "attempt">,
): Promise<"settled" | "unchanged"> {
  if (!newest || newest.sessionReference === null || !isOpen(newest)) return "unchanged";
  if (newest.gateway !== gateway.name) return "unchanged";
  const outcome = outcomeOf(await gateway.findCharge({ ...newest, customerEmail: order.customerEmail }));
  if (outcome === undefined) return "unchanged";
  await reach("after-refresh-answer");
  const by = { actor: "shopper", cause: `return from attempt ${newest.attempt}` };
  const update = { gateway: gateway.name, externalId: newest.sessionReference, outcome, by };
  await db.transaction((tx) => updateAttemptToPay(tx, update, policy, clock.now()));
  return "settled";
}
