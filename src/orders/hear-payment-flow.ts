import { type ChargeAnswer, findAttempts } from "../payments/index.ts";
import { orderPaymentUnconfirmed } from "./order-errors.ts";
import { findOrders } from "./order-queries.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";
import type { PaymentResult, SettlementOutcome } from "./payment-result.ts";

/** No attempt has this number: news that fits none of them opens a task. */
const noAttempt = 0;
const retryAfterSeconds = 30; // As long as one call to a gateway may take.

/** What a payment service says of one of its payments, to an order that it names in the address. */
export type PaymentNews = Omit<PaymentResult, "attempt" | "answer"> & {
  readonly answer: Extract<ChargeAnswer, { outcome: "paid" | "failed" }>;
};

/**
 * Takes in a webhook. The signature says who speaks, not that the payment belongs to this order; so a payment that no
 * attempt of the order is known by is looked up at the gateway first, and opens a task when it is not this order's.
 * Coming twice, early or late changes nothing more.
 * @throws order.payment_unconfirmed
 */
export async function hearPayment(
  { db, gateway }: Counter,
  desk: Pick<PaymentDesk, "settle">,
  news: PaymentNews,
): Promise<SettlementOutcome> {
  const orderIds = [news.orderId];
  const [attempts, [order]] = await Promise.all([findAttempts(db, { orderIds }), findOrders(db, { orderIds })]);
  const { reference } = news.answer;
  const known = attempts.some((attempt) => attempt.reference === reference);
  const unnamed = attempts.findLast((attempt) => attempt.reference === null);
  // Which attempt it is about is then found by the reference, under the order's lock.
  if (known || !unnamed || !order) return (await desk.settle({ ...news, attempt: null })).outcome;
  // No transaction is open here: the gateway may take seconds.
  const found = await gateway.findCharge({ ...unnamed, customerEmail: order.customerEmail });
  if (found?.outcome === "unknown") throw orderPaymentUnconfirmed({}, { retryAfterSeconds });
  const belongs = found !== undefined && "reference" in found && found.reference === reference;
  return (await desk.settle({ ...news, attempt: belongs ? unnamed.attempt : noAttempt })).outcome;
}
