import { setTimeout as sleep } from "node:timers/promises";
import { type Claim, claimKeys, type KeptAnswer, type KeyRow, noteOrder, storeAnswers } from "../http/claim-keys.ts";
import type { Answer } from "../http/idempotency.ts";
import { attemptKey, type ChargeAnswer, type Gateway, type PaymentAttempt } from "../payments/index.ts";
import type { Clock } from "../platform/clock.ts";
import { coalesce } from "../platform/coalesce.ts";
import type { Db, Tx } from "../platform/db.ts";
import { isUnavailable } from "../platform/errors.ts";
import { reach } from "../platform/failpoints.ts";
import { uuidV7 } from "../platform/ids.ts";
import type { OrderPolicy } from "./changes.ts";
import type { PlacedBefore } from "./find-references.ts";
import type { NewOrder } from "./new-order.ts";
import type { Order, OrderWithItems } from "./order.ts";
import { orderInvalid } from "./order-errors.ts";
import { type OrderIdStock, openOrderIdStock } from "./order-id-stock.ts";
import type { PaymentResult } from "./payment-result.ts";
import { type Placement, placeOrders } from "./place-orders.ts";
import { type Settlement, settlePayments } from "./settle-payments.ts";

/** What the desk stands on. */
export interface Counter {
  readonly db: Db;
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly policy: OrderPolicy;
}

/** An order to place, and to pay if it is to be charged. The desk draws its id, and its UUID when it brings none. */
export type OrderRequest = Omit<NewOrder, "orderId" | "uid" | "uidIsGiven"> & { readonly uid?: string };

/** The caller's Idempotency-Key, and how the answer that is kept under it is made from the order. */
export interface Keyed<Shown extends Order = OrderWithItems> {
  readonly claim: Omit<Claim, "orderId">;
  /** The attempt is that which was settled; there is none on an order that costs nothing. */
  answer(order: Shown, attempt?: PaymentAttempt): Answer;
  /** Of an order that was there before, for requests that can name one. */
  answerBefore?(tx: Tx, before: PlacedBefore): Promise<Answer>;
}

/** An order after its newest attempt, and the attempt; missing while nothing could be written down of it. */
export interface Charged<Shown extends Order> {
  readonly order: Shown;
  readonly attempt: PaymentAttempt | undefined;
}

/** The order as it stands after payment, the one that was there before, or the row of a key that was used before. */
export type DeskAnswer = Charged<OrderWithItems> | { readonly before: PlacedBefore } | { readonly used: KeyRow };

/** Where orders are placed and paid: requests that come together share their transactions. */
export interface PaymentDesk {
  /**
   * Places one order, asks the gateway once, and settles what it said. Every step can be repeated by recovery.
   * @throws order.invalid
   */
  placeAndPay(request: OrderRequest, keyed?: Keyed): Promise<DeskAnswer>;
  /** Asks the gateway once about the newest attempt of an order, which the caller committed, and settles what it said. */
  pay<Shown extends Order>(order: Shown, keyed?: Keyed<Shown>): Promise<Charged<Shown>>;
  /** Takes in what somebody else heard about a payment. */
  settle(result: PaymentResult): Promise<Settlement>;
}

const mostInOneSet = 200; // Larger sets make callers wait longer and gain nothing more (2026-11: 200 and 1,000 alike).
const flushesAtOnce = 1; // The next set gathers meanwhile. Two at once make smaller sets: 2,700 orders/s in place of 3,200 (2026-11).
const settleTries = 5;
const settleWaitMs = 200; // Doubled each time: six seconds in all, longer than a database takes to restart.

interface Placing {
  readonly request: OrderRequest;
  readonly keyed: Keyed | undefined;
}

interface Settling {
  readonly result: PaymentResult;
  /** Makes the answer that is kept under the caller's key. */
  readonly keep?: ((settled: Settlement) => KeptAnswer[]) | undefined;
}

/** Opens the desk. */
export function openPaymentDesk(counter: Counter): PaymentDesk {
  const sets = { most: mostInOneSet, flushes: flushesAtOnce, mayRunAlone: (error: unknown) => !isUnavailable(error) };
  const ids = openOrderIdStock(counter.db);
  const place = coalesce<Placing, DeskAnswer>({
    ...sets,
    name: "place-orders",
    run: (members) => placeSet(counter, ids, members),
  });
  const settle = coalesce<Settling, Settlement>({
    ...sets,
    name: "settle-payments",
    run: (members) => settleSet(counter, members),
  });
  async function pay<Shown extends Order>(order: Shown, keyed?: Keyed<Shown>): Promise<Charged<Shown>> {
    const answer = await charge(counter.gateway, order);
    await reach("after-charge");
    const charged = await settlePatiently(settle, { answer, order, keyed });
    await reach("after-settle");
    return charged;
  }
  return {
    pay,
    settle: (result) => settle({ result }),
    async placeAndPay(request, keyed) {
      await reach("before-place");
      const placed = await place({ request, keyed });
      await reach("after-place");
      if (!("order" in placed) || placed.order.status !== "payment_processing") return placed;
      return pay(placed.order, keyed);
    },
  };
}

async function placeSet({ db, clock, policy }: Counter, ids: OrderIdStock, members: Placing[]): Promise<DeskAnswer[]> {
  const orderIds = await ids.take(members.length);
  const now = clock.now();
  const orders = members.map(({ request }, index): NewOrder => {
    return { ...request, orderId: orderIds[index] as bigint, uid: request.uid ?? uuidV7(now) };
  });
  return db.transaction(async (tx) => {
    const used = await claimAll(tx, members, orders, now);
    const free = orders.filter((_, index) => used[index] === undefined);
    const placements = await placeOrders(tx, free, policy, now);
    const byId = new Map(free.map((order, index) => [order.orderId, placements[index] as Placement]));
    const answers = orders.map(({ orderId }, index): DeskAnswer => {
      const row = used[index];
      return row ? { used: row } : placedAs(byId.get(orderId) as Placement);
    });
    await storeFinished(tx, members, answers, now);
    await reach("inside-place");
    return answers;
  });
}

/** One that is rejected ends the set: it is run again for each alone, and only this one is refused. */
function placedAs(placement: Placement): DeskAnswer {
  if (placement.outcome === "rejected") throw orderInvalid({}, { faults: [placement.fault] });
  return placement.outcome === "placed" ? placement : { before: placement.order };
}

/** Claims the keys of those that brought one; answers the row of a key that is taken. */
async function claimAll(
  tx: Tx,
  members: readonly Placing[],
  orders: readonly NewOrder[],
  now: Date,
): Promise<(KeyRow | undefined)[]> {
  const used: (KeyRow | undefined)[] = members.map(() => undefined);
  const keyed = members.flatMap(({ keyed }, index) =>
    keyed ? [{ index, claim: { ...keyed.claim, orderId: (orders[index] as NewOrder).orderId } }] : [],
  );
  if (keyed.length === 0) return used;
  const outcomes = await claimKeys(
    tx,
    keyed.map(({ claim }) => claim),
    now,
  );
  for (const [position, outcome] of outcomes.entries()) {
    if (outcome !== "claimed") used[(keyed[position] as { index: number }).index] = outcome;
  }
  return used;
}

/** An order that nobody is asked to pay is finished here, so its answer is kept here. */
async function storeFinished(tx: Tx, members: readonly Placing[], answers: DeskAnswer[], now: Date): Promise<void> {
  const finished: KeptAnswer[] = [];
  for (const [index, answer] of answers.entries()) {
    const keyed = members[index]?.keyed;
    if (keyed === undefined || !isFinished(answer)) continue;
    const kept = await ("order" in answer
      ? keyed.answer(answer.order, answer.attempt)
      : answerBefore(tx, keyed, answer.before));
    if (kept) finished.push({ ...keyed.claim, ...kept });
  }
  if (finished.length > 0) await storeAnswers(tx, finished, now);
}

async function answerBefore(tx: Tx, keyed: Keyed, before: PlacedBefore): Promise<Answer | undefined> {
  await noteOrder(tx, keyed.claim, before.orderId);
  return keyed.answerBefore?.(tx, before);
}

function isFinished(answer: DeskAnswer): answer is Exclude<DeskAnswer, { used: KeyRow }> {
  return "before" in answer || ("order" in answer && answer.order.status !== "payment_processing");
}

function charge(gateway: Gateway, order: Order): Promise<ChargeAnswer> {
  return gateway.charge({
    key: attemptKey(order.uid, order.attempts),
    orderId: order.orderId,
    attempt: order.attempts,
    amountMinor: order.totalMinor,
    currency: order.currency,
    customerEmail: order.customerEmail,
  });
}

/**
 * Settles a set. One that was thrown back may name a payment that the ledger has under another order, as after news of a
 * wrong payment: it looks for that before it runs again. Asking each time would cost every order a statement.
 */
async function settleSet({ db, clock, policy }: Counter, members: Settling[]): Promise<Settlement[]> {
  const now = clock.now();
  const results = members.map(({ result }) => result);
  const looking = results.map((result) => ({ ...result, readBack: true as const }));
  let runs = 0;
  return db.transaction(async (tx) => {
    runs += 1;
    const settlements = await settlePayments(tx, runs === 1 ? results : looking, policy, now);
    const answers = members.flatMap(({ keep }, index) => keep?.(settlements[index] as Settlement) ?? []);
    if (answers.length > 0) await storeAnswers(tx, answers, now);
    await reach("inside-settle");
    return settlements;
  });
}

/**
 * The money may have moved, so the answer is worth a few tries. When the database stays away the order is answered as
 * it was committed, `payment_processing`, and the reconciler finishes it.
 */
async function settlePatiently<Shown extends Order>(
  settle: (member: Settling) => Promise<Settlement>,
  heard: { answer: ChargeAnswer; order: Shown; keyed: Keyed<Shown> | undefined },
): Promise<Charged<Shown>> {
  const { answer, order, keyed } = heard;
  const by = { actor: "gateway", cause: `answer to attempt ${order.attempts}` };
  const result: PaymentResult = { orderId: order.orderId, attempt: order.attempts, answer, by };
  const keep = keyed && ((settled: Settlement) => keptAnswers(keyed, order, settled));
  for (let tried = 1; ; tried += 1) {
    try {
      const settled = await settle({ result, keep });
      return { order: { ...order, ...settled.order }, attempt: settled.attempt };
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (tried >= settleTries) return { order, attempt: undefined };
      await sleep(settleWaitMs * 2 ** (tried - 1));
    }
  }
}

function keptAnswers<Shown extends Order>(keyed: Keyed<Shown>, order: Shown, settled: Settlement): KeptAnswer[] {
  if (!settled.order) return [];
  return [{ ...keyed.claim, ...keyed.answer({ ...order, ...settled.order }, settled.attempt) }];
}
