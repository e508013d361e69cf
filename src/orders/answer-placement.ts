import { findKey, listUnanswered, storeAnswers } from "../http/claim-keys.ts";
import { type Answer, getReplay, type KeyRow } from "../http/idempotency.ts";
import { writeJson } from "../http/write-json.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Sql } from "../platform/db.ts";
import { answersOfPayments } from "./answer-payment.ts";
import { findOrdersWithItems } from "./find-orders.ts";
import { findBoughtOrders } from "./find-shopper-orders.ts";
import type { OrderWithItems } from "./order.ts";
import { findOrigins } from "./order-queries.ts";
import { orderV1Text } from "./order-v1-view.ts";
import { showOrders } from "./show-orders.ts";
import { storeOrderText } from "./store-order-view.ts";

export const createdStatus = 201;

/** The answer to a request that placed an order: the order as it stands when the request ends. */
export function placementAnswer(order: OrderWithItems): Answer {
  return { status: createdStatus, body: orderV1Text(order) };
}

/**
 * The answer to a request whose key was used before. When the process died between the payment and the answer, recovery
 * has settled the order meanwhile: the answer is completed from it and kept.
 * @throws http.idempotency_key_reused, http.idempotency_key_in_flight
 */
export async function replayPlacement(db: Db, clock: Clock, row: KeyRow, fingerprint: string): Promise<Answer> {
  const unanswered = row.answerStatus === null && row.fingerprint === fingerprint && row.orderId !== null;
  if (!unanswered) return getReplay(row, fingerprint);
  const [order] = await findOrdersWithItems(db, [row.orderId]);
  if (!order || order.status === "payment_processing") return getReplay(row, fingerprint);
  const now = clock.now();
  const [placed] = await answersOf(db, [order]);
  if (!placed) return getReplay(row, fingerprint);
  const { orderId: _named, ...answer } = placed;
  await db.transaction((tx) => storeAnswers(tx, [{ principal: row.principal, key: row.key, ...answer }], now));
  // Another repeat may have kept its answer first, from an order that has moved since: the kept one counts.
  const kept = await findKey(db, row, now);
  return getReplay(kept ?? row, fingerprint);
}

/**
 * The answers to the requests that placed these orders, as the orders stand. Each looks as the request asked for it: those
 * of the store were carts, those of v2 have a source, those of v1 none.
 */
async function answersOf(sql: Sql, orders: readonly OrderWithItems[]): Promise<(Answer & { orderId: bigint })[]> {
  if (orders.length === 0) return [];
  const bought = await findBoughtOrders(
    sql,
    orders.filter(({ cartId }) => cartId !== null).map(({ orderId }) => orderId),
  );
  const placed = orders.filter(({ cartId }) => cartId === null);
  const origins = await findOrigins(sql, { orderIds: placed.map(({ orderId }) => orderId) });
  const ofV2 = new Set(origins.filter(({ source }) => source !== null).map(({ orderId }) => orderId));
  const views = await showOrders(sql, [...ofV2]);
  return [
    ...bought.map((one) => ({ orderId: one.order.orderId, status: createdStatus, body: storeOrderText(one) })),
    ...placed
      .filter(({ orderId }) => !ofV2.has(orderId))
      .map((order) => ({ orderId: order.orderId, ...placementAnswer(order) })),
    ...views.map((view) => ({ orderId: view.order_id, status: createdStatus, body: writeJson(view) })),
  ];
}

/**
 * Completes the answers of requests that died after they placed or paid their order, once recovery has settled it, so that a
 * repeat hears what the first would have. Answers how many it completed.
 */
export async function completeAnswers(db: Db, clock: Clock): Promise<number> {
  const now = clock.now();
  const rows = await listUnanswered(db, now);
  const orders = await findOrdersWithItems(
    db,
    rows.flatMap((row) => row.orderId ?? []),
  );
  const settled = orders.filter((order) => order.status !== "payment_processing");
  const byOrder = new Map((await answersOf(db, settled)).map(({ orderId, ...answer }) => [orderId, answer]));
  const placements = rows.flatMap(({ principal, key, orderId }) => {
    const answer = byOrder.get(orderId ?? 0n);
    return answer ? [{ principal, key, ...answer }] : [];
  });
  const answers = [...placements, ...(await answersOfPayments(db, rows))];
  if (answers.length > 0) await db.transaction((tx) => storeAnswers(tx, answers, now));
  return answers.length;
}
