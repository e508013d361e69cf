import type { ChargeRequest, PaymentAttempt, SessionAnswer } from "../payments/index.ts";
import { setAttemptSession } from "../payments/index.ts";
import { reach } from "../platform/failpoints.ts";
import type { Author } from "./changes.ts";
import { orderNumber } from "./number.ts";
import type { Order } from "./order.ts";
import { lockOrders } from "./order-queries.ts";
import type { PayingPlace } from "./paying-place.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";
import { startHostedPayment } from "./start-hosted-payment.ts";

/** What came of asking for a page. */
export interface OpenedPage {
  /** The gateway's name of the page: BOB's external session id. */
  readonly sessionId: string;
  readonly url: string;
}

type Desk = Pick<PaymentDesk, "pay" | "settle">;
const mostRounds = 2; // A page that is over makes room for one new attempt.

function chargeRequestOf(order: Order, attempt: PaymentAttempt): ChargeRequest {
  const { orderId, customerEmail } = order;
  const { key, attempt: number, amountMinor, currency } = attempt;
  return { key, orderId, attempt: number, amountMinor, currency, customerEmail };
}

/**
 * Opens the page of an attempt whose intent is committed, and writes down where it is; asked again, the same page. A
 * gateway without pages charges at once. Undefined: there is no page, and the order says how it stands.
 */
export async function openPaymentPage(
  counter: Counter,
  desk: Desk,
  { order, attempt, place }: { order: Order; attempt: PaymentAttempt; place: PayingPlace },
): Promise<OpenedPage | undefined> {
  const { gateway } = counter;
  if (!attempt.hosted || !gateway.openSession) {
    await desk.pay(order);
    return undefined;
  }
  await reach("before-session");
  const back = place.returnUrl(order);
  const answer = await gateway.openSession({
    ...chargeRequestOf(order, attempt),
    description: orderNumber(order.orderId),
    locale: order.locale,
    returnUrl: back,
    cancelUrl: back,
  });
  await reach("after-session");
  if (answer.outcome === "opened") return keepPage(counter, attempt, answer);
  await settleUnopened(counter, desk, { order, attempt, answer });
  return undefined;
}

async function keepPage(
  { db, clock }: Counter,
  { orderId, attempt, sessionReference, sessionUrl }: PaymentAttempt,
  { reference, url }: Extract<SessionAnswer, { outcome: "opened" }>,
): Promise<OpenedPage> {
  if (sessionReference === reference && sessionUrl !== null) return { sessionId: reference, url: sessionUrl };
  const page = { orderId, attempt, sessionReference: reference, sessionUrl: url };
  await setAttemptSession(db, { ...page, now: clock.now() });
  await reach("after-session-kept");
  return { sessionId: reference, url };
}

/** A page that is over was paid or ran out; one that could not be opened may be there all the same, if nothing was heard. */
async function settleUnopened(
  counter: Counter,
  desk: Desk,
  { order, attempt, answer }: { order: Order; attempt: PaymentAttempt; answer: SessionAnswer },
): Promise<void> {
  const by = { actor: "gateway", cause: `page of attempt ${attempt.attempt}` };
  const result = { orderId: order.orderId, attempt: attempt.attempt, by };
  if (answer.outcome === "failed") {
    await desk.settle({ ...result, answer: { outcome: "failed", failure: "processing_error", reference: null } });
  } else if (answer.outcome === "over") {
    const found = await counter.gateway.findCharge(chargeRequestOf(order, attempt));
    if (found && found.outcome !== "pending") await desk.settle({ ...result, readBack: true, answer: found });
  } else if (answer.outcome === "not_sent" && attempt.sessionReference === null) {
    await desk.settle({ ...result, answer: { outcome: "unknown", reason: answer.reason } });
  }
}

/** One try of a shopper to pay an order. */
export interface AttemptToPay {
  readonly orderId: bigint;
  readonly by: Author;
  readonly place: PayingPlace;
}

/**
 * Has an unpaid order paid by its shopper: commits the intent, opens the gateway's page, and answers its external session
 * id and address. While a page is open it is the answer. A process that dies in between leaves an attempt whose page the
 * next call opens, under the same key.
 *
 * Source: BOB OrderService, `attempt_to_pay_for_order`.
 * @throws order.not_found, order.cannot_move, order.payment_under_way, order.payments_too_many
 */
export async function attemptToPayForOrder(
  counter: Counter,
  desk: Desk,
  { orderId, by, place }: AttemptToPay,
): Promise<OpenedPage | undefined> {
  const { db, gateway, policy, clock } = counter;
  const asked = { orderId, gateway: gateway.name, hosted: gateway.openSession !== undefined, by };
  for (let round = 1; ; round += 1) {
    const started = await db.transaction((tx) => startHostedPayment(tx, asked, policy, clock.now()));
    await reach("after-payment-start");
    const page = await openPaymentPage(counter, desk, { ...started, place });
    if (page || started.isNew || round === mostRounds) return page;
    // The page that was open is over: if nobody paid there, the order waits to be paid again.
    const isWaiting = await db.transaction(async (tx) => {
      const [order] = await lockOrders(tx, { orderIds: [orderId] });
      return order?.status === "pending";
    });
    if (!isWaiting) return undefined;
  }
}
