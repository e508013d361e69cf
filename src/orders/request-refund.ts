import { findEntriesOf, type Refund, recordedGateway } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Author, type Changes, noChanges, type OrderPolicy } from "./changes.ts";
import { holdOrderMoney } from "./hold-order-money.ts";
import type { Order } from "./order.ts";
import {
  orderNothingToRefund,
  orderPaymentUnderWay,
  orderRefundCurrency,
  orderRefundNotElsewhere,
  orderRefundRecordedTwice,
  orderRefundsTooMany,
  orderRefundTooLarge,
  paymentRetrySeconds,
} from "./order-errors.ts";
import {
  type ChargeInHand,
  chargesLeft,
  hasRoomForRefund,
  type MoneyInHand,
  promiseRefund,
  recordForeignRefund,
} from "./repayment.ts";
import { writeChanges } from "./write-changes.ts";

export interface RequestRefund {
  readonly orderId: bigint;
  /** Undefined: all that one payment has left. */
  readonly amountMinor: bigint | undefined;
  /** What the caller takes the order's currency for; undefined when it relies on the order. */
  readonly currency?: string | undefined;
  readonly reason: string;
  /** It went back already, where the order was paid: that is written down, and nothing is asked for. */
  readonly recorded?: RecordedRefund | undefined;
}

/** A refund that was made where a recorded payment was. */
export interface RecordedRefund {
  readonly reference: string;
  readonly givenAt: Date | undefined;
  readonly by: Author;
}

/**
 * Promises part of an order's money back, or all of it, and queues the call that gives it. The order stays where it is,
 * shipped or not: cancelling is another matter. One that is recorded has gone back already.
 *
 * Locks the order. A refund goes back on one payment: the one with most left. Refunds, with what banks took, never
 * exceed what was captured. Sends `RefundProcessed` for one that is recorded.
 * @throws order.not_found, order.payment_under_way, order.nothing_to_refund, order.refund_currency,
 * order.refund_too_large, order.refunds_too_many, order.refund_not_elsewhere, order.refund_recorded_twice
 */
export async function requestRefund(
  tx: Tx,
  { orderId, amountMinor, currency, reason, recorded }: RequestRefund,
  policy: OrderPolicy,
  now: Date,
): Promise<{ order: Order; refund: Refund }> {
  const hand = await holdOrderMoney(tx, orderId);
  const { order } = hand;
  if (currency !== undefined && currency !== order.currency) throw orderRefundCurrency({ currency: order.currency });
  if (order.status === "payment_processing") throw orderPaymentUnderWay({}, { retryAfterSeconds: paymentRetrySeconds });
  const { attempt, leftMinor } = chooseCharge(hand, recorded);
  if (amountMinor !== undefined && (amountMinor > leftMinor || amountMinor <= 0n)) {
    const faults = [{ pointer: "/amount", detail: `Must be from 1 to ${leftMinor}.` }];
    throw orderRefundTooLarge({ leftMinor, currency: order.currency }, { faults });
  }
  if (!hasRoomForRefund(order)) throw orderRefundsTooMany({});

  if (recorded) await assertNew(tx, recorded);

  const changes = noChanges(now, policy);
  const wanted = { attempt, amountMinor: amountMinor ?? leftMinor, reason };
  const after = recorded ? record(changes, order, wanted, recorded) : promiseRefund(changes, order, wanted);
  writeChanges(tx, changes);
  const [refund] = [...changes.refundsSaved.values(), ...changes.refunds];
  return { order: after, refund: refund as Refund };
}

/**
 * The charge with most left; for a refund that is recorded, of those that were made elsewhere.
 * @throws order.nothing_to_refund, order.refund_not_elsewhere
 */
function chooseCharge(hand: MoneyInHand, recorded: RecordedRefund | undefined): ReturnType<typeof chargesLeft>[number] {
  const left = chargesLeft(hand);
  if (left.length === 0) throw orderNothingToRefund({});
  const charge = left.find(({ attempt }) => !recorded || attempt.gateway === recordedGateway);
  if (!charge) throw orderRefundNotElsewhere({});
  return charge;
}

/** @throws order.refund_recorded_twice */
async function assertNew(tx: Tx, { reference }: RecordedRefund): Promise<void> {
  const entries = await findEntriesOf(tx, { gateway: recordedGateway, reference });
  if (entries.some(({ kind }) => kind === "refund")) throw orderRefundRecordedTwice({ reference });
}

function record(
  changes: Changes,
  order: Order,
  wanted: Pick<ChargeInHand, "attempt"> & { amountMinor: bigint; reason: string },
  { reference, givenAt, by }: RecordedRefund,
): Order {
  const when = givenAt === undefined ? {} : { occurredAt: givenAt };
  return recordForeignRefund(changes, order, { ...wanted, ...when, reference, by });
}
