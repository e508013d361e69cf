import { findKey, listUnanswered, storeAnswers } from "../http/claim-keys.ts";
import { type Answer, getReplay, type KeyRow } from "../http/idempotency.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { answersOfPayments } from "./answer-payment.ts";
import { findOrdersWithItems } from "./find-orders.ts";
import type { OrderWithItems } from "./order.ts";
import { orderV1Text } from "./order-v1-view.ts";

const created = 201;

/** The answer to a request that placed an order: the order as it stands when the request ends. */
export function placementAnswer(order: OrderWithItems): Answer {
  return { status: created, body: orderV1Text(order) };
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
  const answer = { principal: row.principal, key: row.key, ...placementAnswer(order) };
  await db.transaction((tx) => storeAnswers(tx, [answer], now));
  // Another repeat may have kept its answer first, from an order that has moved since: the kept one counts.
  const kept = await findKey(db, row, now);
  return getReplay(kept ?? row, fingerprint);
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
  const settled = new Map(
    orders.filter((order) => order.status !== "payment_processing").map((order) => [order.orderId, order]),
  );
  const placements = rows.flatMap(({ principal, key, orderId }) => {
    const order = orderId === null ? undefined : settled.get(orderId);
    return order ? [{ principal, key, ...placementAnswer(order) }] : [];
  });
  const answers = [...placements, ...(await answersOfPayments(db, rows))];
  if (answers.length > 0) await db.transaction((tx) => storeAnswers(tx, answers, now));
  return answers.length;
}
