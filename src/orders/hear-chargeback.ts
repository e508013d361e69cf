import { findEntriesOf } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Changes, noMoneyChanges } from "./changes.ts";
import { holdOrderMoney } from "./hold-order-money.ts";
import type { Order } from "./order.ts";
import {
  authorOfNews,
  chargeNamed,
  isMoneyOf,
  type RefundNews,
  type RefundNewsOutcome,
  suspectNews,
} from "./refund-news.ts";
import { type ChargeInHand, recordChargeback } from "./repayment.ts";
import { writeChanges } from "./write-changes.ts";

/**
 * Takes in that a bank took money back, and opens a task: somebody has to answer the bank. The order stays where it is.
 * What was given back before does not matter, since a bank may take it a second time; refunds that come later may not
 * exceed what is left then.
 *
 * Locks the order. Sends `PaymentChargedBack`. A second call changes nothing. Before the payment is known, it is `early`.
 * @throws order.not_found
 */
export async function hearChargeback(tx: Tx, news: RefundNews, now: Date): Promise<RefundNewsOutcome> {
  const { order, ...hand } = await holdOrderMoney(tx, news.orderId);
  const charge = chargeNamed({ order, ...hand }, news);
  if (!charge) return "early";
  // A payment that is charged back as such needs no other name.
  const reference = news.refundReference ?? news.reference;
  const entries = await findEntriesOf(tx, { gateway: charge.attempt.gateway, reference });
  const known = entries.find(({ kind }) => kind === "chargeback");
  if (known?.orderId === news.orderId && known.amountMinor === news.amountMinor) return "duplicate";

  const changes = noMoneyChanges(now);
  const outcome = known
    ? suspectNews(changes, charge, news, "chargeback")
    : decide(changes, order, charge, { news, reference });
  writeChanges(tx, changes);
  return outcome;
}

function decide(
  changes: Changes,
  order: Order,
  charge: ChargeInHand,
  { news, reference }: { news: RefundNews; reference: string },
): RefundNewsOutcome {
  const { attempt, money } = charge;
  const fits = isMoneyOf(charge, news) && money.chargedBackMinor + news.amountMinor <= money.capturedMinor;
  // Without a name it may be one that has a name here.
  const unclear = news.refundReference === null && money.chargedBackMinor > 0n;
  if (!fits || unclear) return suspectNews(changes, charge, news, "chargeback");
  recordChargeback(changes, order, { attempt, amountMinor: news.amountMinor, reference, by: authorOfNews(news) });
  return "recorded";
}
