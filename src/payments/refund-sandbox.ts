import type { Tx } from "../platform/db.ts";
import {
  sandboxAmountWrong,
  sandboxKeyReused,
  sandboxNotRefundable,
  sandboxPaymentNotFound,
  sandboxRefundTooLarge,
} from "./gateway-errors.ts";
import { majorText, type SandboxRefund } from "./sandbox.ts";
import {
  findSandboxRefundByKey,
  insertSandboxRefund,
  lockSandboxPayment,
  sumSandboxRefunds,
} from "./sandbox-queries.ts";
import { settleSandbox } from "./settle-sandbox.ts";

/** Money to give back. `refundId` is the name that the refund gets if the key is new. */
export interface RefundSandbox {
  readonly refundId: string;
  readonly orderId: bigint;
  readonly paymentId: string;
  readonly key: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * Gives back part of a payment or all of it, never more than it took.
 *
 * Locks the payment, so that refunds of it happen one after the other. A second call with the same key answers the first
 * refund and moves nothing.
 * @throws payment.sandbox_amount_wrong, payment.sandbox_payment_not_found, payment.sandbox_key_reused,
 * payment.sandbox_not_refundable, payment.sandbox_refund_too_large
 */
export async function refundSandbox(tx: Tx, asked: RefundSandbox, now: Date): Promise<SandboxRefund> {
  const { orderId, paymentId, key, amountMinor, currency } = asked;
  await settleSandbox(tx, [orderId], now);
  const payment = await lockSandboxPayment(tx, { orderId, paymentId });
  if (!payment) throw sandboxPaymentNotFound({ orderId });

  const before = await findSandboxRefundByKey(tx, { orderId, key });
  if (before) {
    if (!isSame(before, asked)) throw sandboxKeyReused({ key });
    return before;
  }
  if (amountMinor <= 0n || currency !== payment.currency) {
    throw sandboxAmountWrong({ amount: majorText(amountMinor, currency), currency });
  }
  if (payment.status !== "succeeded") throw sandboxNotRefundable({ paymentId, status: payment.status });

  const made = await insertSandboxRefund(tx, { ...asked, paidMinor: payment.amountMinor, now });
  if (made) return made;
  const { refundedMinor } = await sumSandboxRefunds(tx, { orderId, paymentId });
  const remaining = majorText(payment.amountMinor - refundedMinor, currency);
  throw sandboxRefundTooLarge({ paymentId, remaining, currency });
}

function isSame(before: SandboxRefund, asked: RefundSandbox): boolean {
  return (
    before.paymentId === asked.paymentId &&
    before.amountMinor === asked.amountMinor &&
    before.currency === asked.currency
  );
}
