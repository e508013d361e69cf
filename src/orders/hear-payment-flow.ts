import { type ChargeAnswer, findAttempts, findCaptures, type Gateway, type PaymentAttempt } from "../payments/index.ts";
import { coalesce } from "../platform/coalesce.ts";
import { isUnavailable } from "../platform/errors.ts";
import type { Order } from "./order.ts";
import { findOrders } from "./order-queries.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";
import type { PaymentResult, SettlementOutcome } from "./payment-result.ts";

/** What a payment service says of one of its payments, to an order that it names in the address. */
export type PaymentNews = Omit<PaymentResult, "attempt" | "answer" | "gateway" | "told"> & {
  readonly gateway: string;
  readonly told: true;
  readonly answer: Extract<ChargeAnswer, { outcome: "paid" | "failed" }> & { readonly reference: string };
};

/**
 * What hearing it came to. `early`: it fits no attempt yet. `unconfirmed`: the gateway could not be asked.
 * `elsewhere`: the ledger has the payment under another order.
 */
export type PaymentHeard = SettlementOutcome | "early" | "unconfirmed" | "elsewhere";

const mostLookUps = 5; // An order has one attempt without a name, or two when a reply was lost and it was paid again.
const mostReadAtOnce = 200;
const readsAtOnce = 2;

interface Known {
  readonly order: Order | undefined;
  readonly attempts: readonly PaymentAttempt[];
}

/**
 * Opens a hearing for news of payments. The signature says who speaks, not that the payment belongs to this order; so a
 * payment that no attempt of the order is known by is looked up at the gateway before it counts. News that fits nothing
 * changes nothing. Coming twice, early or late changes nothing more.
 */
export function openPaymentHearing(
  counter: Counter,
  desk: Pick<PaymentDesk, "settle">,
): (news: PaymentNews) => Promise<PaymentHeard> {
  const { db, gateway } = counter;
  const know = coalesce<bigint, Known>({
    name: "know-payments",
    most: mostReadAtOnce,
    flushes: readsAtOnce,
    run: (orderIds) => knowOrders(counter, orderIds),
    mayRunAlone: (error) => !isUnavailable(error),
  });
  return async (news) => {
    const { order, attempts } = await know(news.orderId);
    if (!order) return "no_order";
    const { reference } = news.answer;
    const candidates = attempts.filter((attempt) => attempt.gateway === news.gateway);
    // What is paid stays paid: our own answer was quicker, and nothing is left to be said.
    if (candidates.some((attempt) => isSettledBy(attempt, news.answer))) return "duplicate";
    // Which attempt it is about is then found by the reference, under the order's lock.
    if (candidates.some((attempt) => attempt.reference === reference))
      return (await desk.settle({ ...news, attempt: null })).outcome;
    const unnamed = candidates.filter((attempt) => attempt.reference === null).slice(-mostLookUps);
    // No transaction is open here: the gateway may take seconds.
    const found = await findNamed(gateway, unnamed, { answer: news.answer, customerEmail: order.customerEmail });
    if (typeof found !== "string") return (await desk.settle({ ...news, ...found, readBack: true })).outcome;
    const captures = await findCaptures(db, { gateways: [news.gateway], references: [reference] });
    // Our own answer may have come in while the gateway was asked.
    if (captures.some(({ orderId }) => orderId === news.orderId))
      return (await desk.settle({ ...news, attempt: null })).outcome;
    return captures.length > 0 ? "elsewhere" : found;
  };
}

function isSettledBy(
  { state, reference, amountMinor, currency }: PaymentAttempt,
  answer: PaymentNews["answer"],
): boolean {
  return (
    state === "paid" &&
    answer.outcome === "paid" &&
    reference === answer.reference &&
    amountMinor === answer.amountMinor &&
    currency === answer.currency
  );
}

async function knowOrders({ db }: Counter, orderIds: readonly bigint[]): Promise<Known[]> {
  const asked = { orderIds: [...new Set(orderIds)] };
  const [orders, attempts] = await Promise.all([findOrders(db, asked), findAttempts(db, asked)]);
  const known = new Map(orders.map((order) => [order.orderId, { order, attempts: [] as PaymentAttempt[] }]));
  for (const attempt of attempts) known.get(attempt.orderId)?.attempts.push(attempt);
  return orderIds.map((orderId) => known.get(orderId) ?? { order: undefined, attempts: [] });
}

/**
 * The attempt that the gateway has this payment for, the newest asked first; else why there is none. That it failed is old
 * news when the gateway says now that it was paid.
 */
async function findNamed(
  gateway: Gateway,
  unnamed: readonly PaymentAttempt[],
  { answer, customerEmail }: { answer: PaymentNews["answer"]; customerEmail: string },
): Promise<{ attempt: number; answer: ChargeAnswer } | "early" | "unconfirmed"> {
  let unsure = false;
  for (const attempt of unnamed.toReversed()) {
    const found =
      attempt.gateway === gateway.name
        ? await gateway.findCharge({ ...attempt, customerEmail })
        : ({ outcome: "unknown", reason: "it is not configured" } as const);
    if (found && "reference" in found && found.reference === answer.reference)
      return {
        attempt: attempt.attempt,
        // Of a failure the gateway's own books say why; a webhook does not.
        answer: answer.outcome === "failed" && found.outcome !== "pending" ? found : answer,
      };
    unsure ||= found?.outcome === "unknown";
  }
  return unsure ? "unconfirmed" : "early";
}
