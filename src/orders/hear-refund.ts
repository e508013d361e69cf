import { findEntriesOf, type Refund } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Changes, noMoneyChanges } from "./changes.ts";
import { holdOrderMoney } from "./hold-order-money.ts";
import {
  authorOfNews,
  chargeNamed,
  isMoneyOf,
  type RefundNews,
  type RefundNewsOutcome,
  suspectNews,
} from "./refund-news.ts";
import { type ChargeInHand, hasRoomForRefund, type MoneyInHand, recordForeignRefund } from "./repayment.ts";
import { writeChanges } from "./write-changes.ts";

/**
 * Takes in that a gateway gave money back. A refund of ours is written down by the job that asks for it, so its news
 * changes nothing; what nobody here promised, as from the gateway's own console, is written down as a refund of its own.
 *
 * Locks the order. Sends `RefundProcessed`. A second call changes nothing. What cannot be so yet, since more would have
 * gone back than came in, is `early`: another refund may turn out to have failed.
 * @throws order.not_found
 */
export async function hearRefund(tx: Tx, news: RefundNews, now: Date): Promise<RefundNewsOutcome> {
  const hand = await holdOrderMoney(tx, news.orderId);
  const charge = chargeNamed(hand, news);
  if (!charge) return "early";
  const { gateway } = charge.attempt;
  const entries = await findEntriesOf(tx, { gateway, reference: nameOf(news) });
  const known = entries.find(({ kind }) => kind === "refund");
  const changes = noMoneyChanges(now);
  const outcome = known
    ? known.orderId === news.orderId && known.attempt === charge.attempt.attempt
      ? "duplicate"
      : suspectNews(changes, charge, news, "refund")
    : decide(changes, hand, charge, news);
  writeChanges(tx, changes);
  return outcome;
}

/** A payment that was given back whole needs no other name: it happens once. */
function nameOf({ refundReference, reference }: RefundNews): string {
  return refundReference ?? reference;
}

function decide(changes: Changes, hand: MoneyInHand, charge: ChargeInHand, news: RefundNews): RefundNewsOutcome {
  if (!isMoneyOf(charge, news)) return suspectNews(changes, charge, news, "refund");
  const { attempt, money } = charge;
  const ofAttempt = hand.refunds.filter((refund) => refund.attempt === attempt.attempt);
  const told = news.refundReference === null ? judgeNameless(charge, ofAttempt, news) : judgeNamed(ofAttempt, news);
  if (told === "duplicate" || told === "early") return told;
  if (told === "foreign" && money.refundingMinor + money.refundedMinor + news.amountMinor > money.capturedMinor)
    return "early";
  if (told === "unclear" || !hasRoomForRefund(hand.order)) return suspectNews(changes, charge, news, "refund");
  const given = { attempt, amountMinor: news.amountMinor, reference: nameOf(news), by: authorOfNews(news) };
  recordForeignRefund(changes, hand.order, given);
  return "recorded";
}

type Judgement = "duplicate" | "early" | "foreign" | "unclear";

function judgeNamed(ofAttempt: readonly Refund[], { refundReference, amountMinor }: RefundNews): Judgement {
  // It failed later, and that is what came first.
  if (ofAttempt.some((refund) => refund.reference === refundReference)) return "duplicate";
  // Ours, or another one of the same amount: the job that asked for it will hear its name.
  const asked = ofAttempt.some((refund) => refund.state === "requested" && refund.amountMinor === amountMinor);
  return asked ? "early" : "foreign";
}

/**
 * Without a name of its own it is one that we know, or the whole payment; another part of it nobody could tell apart,
 * nor whether it is old news of one that failed or another try of it.
 */
function judgeNameless({ money }: ChargeInHand, ofAttempt: readonly Refund[], { amountMinor }: RefundNews): Judgement {
  const ofAmount = ofAttempt.filter((refund) => refund.amountMinor === amountMinor);
  const isWhole = amountMinor === money.capturedMinor;
  if (ofAmount.some(({ state }) => state === "succeeded")) return "duplicate";
  if (isWhole ? money.refundingMinor > 0n : ofAmount.some(({ state }) => state === "requested")) return "early";
  if (isWhole && money.refundedMinor === amountMinor) return "duplicate";
  const failedLater = ofAmount.some(({ reference }) => reference !== null);
  return isWhole && money.refundedMinor === 0n && !failedLater ? "foreign" : "unclear";
}
