import { findEntriesOf, type Refund } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Changes, noMoneyChanges, saveRefund } from "./changes.ts";
import { holdOrderMoney } from "./hold-order-money.ts";
import {
  authorOfNews,
  chargeNamed,
  isMoneyOf,
  type RefundNews,
  type RefundNewsOutcome,
  suspectNews,
} from "./refund-news.ts";
import {
  type ChargeInHand,
  hasRoomForRefund,
  type MoneyInHand,
  recordForeignFailure,
  takeRefundBack,
} from "./repayment.ts";
import { writeChanges } from "./write-changes.ts";

const failure = "The gateway said later that it failed.";

/**
 * Takes in that a refund failed after the gateway had taken it for done: the money is with the merchant again, counts as
 * captured, can be given back anew, and a person is asked.
 *
 * Locks the order. Sends `RefundFailed`, and `RefundProcessed` before it for a refund that was not heard of yet. A second
 * call changes nothing. While a refund of ours may be the one, it is `early`.
 * @throws order.not_found
 */
export async function hearRefundFailure(tx: Tx, news: RefundNews, now: Date): Promise<RefundNewsOutcome> {
  const hand = await holdOrderMoney(tx, news.orderId);
  const charge = chargeNamed(hand, news);
  if (!charge) return "early";
  const changes = noMoneyChanges(now);
  const outcome = (await isOfAnother(tx, charge, news))
    ? suspectNews(changes, charge, news, "refund_failed")
    : decide(changes, hand, charge, news);
  writeChanges(tx, changes);
  return outcome;
}

/** Whether the ledger has the refund that is named for another payment. */
async function isOfAnother(tx: Tx, { attempt }: ChargeInHand, { refundReference }: RefundNews): Promise<boolean> {
  if (refundReference === null) return false;
  const entries = await findEntriesOf(tx, { gateway: attempt.gateway, reference: refundReference });
  return entries.some(
    (entry) =>
      (entry.kind === "refund" || entry.kind === "refund_failed") &&
      (entry.orderId !== attempt.orderId || entry.attempt !== attempt.attempt),
  );
}

function decide(changes: Changes, hand: MoneyInHand, charge: ChargeInHand, news: RefundNews): RefundNewsOutcome {
  if (!isMoneyOf(charge, news)) return suspectNews(changes, charge, news, "refund_failed");
  const ofAttempt = hand.refunds.filter((refund) => refund.attempt === charge.attempt.attempt);
  const named = ofAttempt.find(({ reference }) => reference !== null && reference === news.refundReference);
  if (named) return failNamed(changes, hand, charge, { news, refund: named });
  const ofAmount = ofAttempt.filter((refund) => refund.amountMinor === news.amountMinor);
  if (ofAmount.some((refund) => refund.state === "requested")) return "early";
  if (news.refundReference === null) return failNameless(changes, hand, charge, { news, ofAmount });
  const refused = ofAmount.find((refund) => refund.state === "failed" && refund.reference === null);
  if (refused) return nameRefused(changes, refused, news.refundReference);
  return failUnknown(changes, hand, charge, { news, reference: news.refundReference });
}

function failNameless(
  changes: Changes,
  hand: MoneyInHand,
  charge: ChargeInHand,
  { news, ofAmount }: { news: RefundNews; ofAmount: readonly Refund[] },
): RefundNewsOutcome {
  const refund = ofAmount.find(({ state }) => state === "succeeded");
  if (!refund) return ofAmount.length > 0 ? "duplicate" : "early";
  // Which of several of one amount is meant, nobody can tell.
  if (ofAmount.length > 1) return suspectNews(changes, charge, news, "refund_failed");
  return failNamed(changes, hand, charge, { news, refund });
}

function failNamed(
  changes: Changes,
  { order }: MoneyInHand,
  charge: ChargeInHand,
  { news, refund }: { news: RefundNews; refund: Refund },
): RefundNewsOutcome {
  if (refund.amountMinor !== news.amountMinor) return suspectNews(changes, charge, news, "refund_failed");
  if (refund.state !== "succeeded" || refund.reference === null) return "duplicate";
  const { attempt } = charge;
  takeRefundBack(changes, order, { refund, attempt, reference: refund.reference, by: authorOfNews(news) }, failure);
  return "recorded";
}

/** A refund that the gateway refused at once may have had a name all the same: it is kept, so that older news finds it. */
function nameRefused(changes: Changes, refused: Refund, reference: string): RefundNewsOutcome {
  saveRefund(changes, { ...refused, reference });
  return "recorded";
}

/**
 * What failed had gone, though nobody here promised it: it does not wait for the news of that, which may in turn wait for
 * this one, since both together would be more than came in.
 */
function failUnknown(
  changes: Changes,
  { order, refunds }: MoneyInHand,
  charge: ChargeInHand,
  { news, reference }: { news: RefundNews; reference: string },
): RefundNewsOutcome {
  const { attempt, money } = charge;
  const { amountMinor } = news;
  // It may be the one that was told of without a name.
  const unclear = refunds.some((one) => one.state === "succeeded" && one.reference === attempt.reference);
  if (unclear || amountMinor > money.capturedMinor || !hasRoomForRefund(order))
    return suspectNews(changes, charge, news, "refund_failed");
  recordForeignFailure(changes, order, { attempt, amountMinor, reference, by: authorOfNews(news) }, failure);
  return "recorded";
}
