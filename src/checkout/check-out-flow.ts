import { claimKeys, findKey, noteOrder, storeAnswers } from "../http/claim-keys.ts";
import { type Answer, getReplay, type IdempotencyKey, type KeyRow } from "../http/idempotency.ts";
import {
  attemptToPayForOrder,
  type BoughtOrder,
  type Counter,
  findBoughtOrders,
  type OrderIdStock,
  openPaymentPage,
  type PayingPlace,
  type PaymentDesk,
  storeOrderText,
} from "../orders/index.ts";
import { reach } from "../platform/failpoints.ts";
import { uuidV7 } from "../platform/ids.ts";
import type { Turns } from "../platform/open-turns.ts";
import { type PreparedOrder, type PrepareOrder, prepareOrder } from "./prepare-order.ts";

/** What checkout stands on. */
export interface Till extends Counter {
  readonly desk: Pick<PaymentDesk, "pay" | "settle">;
  readonly orderIds: OrderIdStock;
  /** Writes of one shopper wait here for each other, and hold no connection meanwhile. */
  readonly turns: Turns;
}

export interface CheckOut extends Omit<PrepareOrder, "orderId" | "uid" | "payment"> {
  readonly place: PayingPlace;
  readonly key: IdempotencyKey | undefined;
}

type Prepared = PreparedOrder | { readonly used: KeyRow };

const created = 201;
const found = 200;

/**
 * Orders a cart and opens the page on which it is paid; answers 201 with the order. The intent is committed before the
 * gateway is asked, and every step can be repeated: the same cart has the same order and the same page, 200. A process
 * that dies in between leaves an order whose page the next call opens.
 *
 * Source: BOB StoreInteractor, `checkout`.
 * @throws cart.not_found, checkout.cart_empty, checkout.billing_missing, customer.invalid, customer.too_many,
 * checkout.not_for_sale, checkout.recurring_price, checkout.price_changed, identity.shopper_merged,
 * http.idempotency_key_reused, http.idempotency_key_in_flight
 */
export async function checkOut(till: Till, asked: CheckOut): Promise<Answer> {
  await reach("before-checkout");
  const prepared = await prepare(till, asked);
  await reach("after-checkout");
  if ("used" in prepared) return resume(till, asked, prepared.used);
  if ("before" in prepared) {
    await payIfUnpaid(till, asked, prepared.before);
    return keep(till, asked, { orderId: prepared.before, status: found });
  }
  return keep(till, asked, {
    orderId: prepared.order.orderId,
    status: created,
    bought: await openPage(till, asked, prepared),
  });
}

/** Opens the page of an order that was just placed, and answers the order as it is then; undefined when it moved meanwhile. */
async function openPage(
  till: Till,
  { owner, place }: CheckOut,
  { order, attempt, details }: Extract<PreparedOrder, { order: unknown }>,
): Promise<BoughtOrder | undefined> {
  if (!attempt) return undefined;
  const page = await openPaymentPage(till, till.desk, { order, attempt, place });
  if (!page) return undefined;
  const opened = { ...attempt, sessionReference: page.sessionId, sessionUrl: page.url };
  return { order, owner, details, frozenAt: null, attempt: opened };
}

async function prepare({ turns, ...till }: Till, asked: CheckOut): Promise<Prepared> {
  return turns.take(asked.owner, () => prepareNow(till, asked));
}

async function prepareNow(
  { db, clock, gateway, policy, orderIds }: Omit<Till, "turns">,
  asked: CheckOut,
): Promise<Prepared> {
  const { key } = asked;
  const [orderId = 0n] = await orderIds.take(1);
  const now = clock.now();
  const uid = uuidV7(now);
  const payment = { kind: "charge", gateway: gateway.name, hosted: gateway.openSession !== undefined } as const;
  return db.transaction(async (tx) => {
    const [claimed] = key ? await claimKeys(tx, [{ ...key, orderId }], now) : [];
    if (claimed !== undefined && claimed !== "claimed") return { used: claimed };
    const prepared = await prepareOrder(tx, { ...asked, orderId, uid, payment }, policy, now);
    if (key && "before" in prepared) await noteOrder(tx, key, prepared.before);
    await reach("inside-checkout");
    return prepared;
  });
}

/** A repeat of a request that has no answer yet goes on where it was left: it is under way, or its process died. */
async function resume(till: Till, asked: CheckOut, row: KeyRow): Promise<Answer> {
  const isOpen = row.answerStatus === null && row.fingerprint === asked.key?.fingerprint && row.orderId !== null;
  if (!isOpen) return getReplay(row, asked.key?.fingerprint ?? "");
  await payIfUnpaid(till, asked, row.orderId);
  const answer = await keep(till, asked, { orderId: row.orderId, status: created });
  return { ...answer, replayed: true };
}

/** Opens the page of an order that was placed before, unless it is paid or over. */
async function payIfUnpaid(till: Till, { by, place }: CheckOut, orderId: bigint): Promise<void> {
  const [bought] = await findBoughtOrders(till.db, [orderId]);
  const status = bought?.order.status;
  if (status !== "pending" && status !== "payment_processing") return;
  if (status === "payment_processing" && !bought?.attempt?.hosted) return;
  await attemptToPayForOrder(till, till.desk, { orderId, by, place });
}

/** The order as it stands now; of several answers to one key the first that is kept counts. */
async function keep(
  { db, clock }: Till,
  { key }: CheckOut,
  { orderId, status, bought: known }: { orderId: bigint; status: number; bought?: BoughtOrder | undefined },
): Promise<Answer> {
  const bought = known ?? (await findBoughtOrders(db, [orderId]))[0];
  if (!bought) throw new Error(`Order ${orderId} was placed, and is not there.`);
  const answer = { status, body: storeOrderText(bought) };
  if (!key) return answer;
  const now = clock.now();
  await db.transaction((tx) => storeAnswers(tx, [{ ...key, ...answer }], now));
  const kept = await findKey(db, key, now);
  return kept?.answerStatus == null ? answer : { status: kept.answerStatus, body: kept.answerBody ?? answer.body };
}
