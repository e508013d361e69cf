import { findKey, type KeptAnswer, storeAnswers } from "../http/claim-keys.ts";
import { type Answer, getReplay, type KeyRow } from "../http/idempotency.ts";
import { writeJson } from "../http/write-json.ts";
import { findAttempts, isOpen, type PaymentAttempt } from "../payments/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db, Sql } from "../platform/db.ts";
import type { Order } from "./order.ts";
import { paymentView } from "./order-payment-view.ts";
import { findOrders } from "./order-queries.ts";

const created = 201;

/** The answer to a request that paid an order again: the attempt as it stands when the request ends. */
export function paymentAnswer(order: Order, attempt: PaymentAttempt): Answer {
  return { status: created, body: writeJson(paymentView(order, attempt)) };
}

/**
 * The answer to a request to pay whose key was used before. When the process died between the payment and the answer,
 * recovery has settled the attempt meanwhile: the answer is completed from it and kept.
 * @throws http.idempotency_key_reused, http.idempotency_key_in_flight
 */
export async function replayPayment(db: Db, clock: Clock, row: KeyRow, fingerprint: string): Promise<Answer> {
  if (row.answerStatus !== null || row.fingerprint !== fingerprint) return getReplay(row, fingerprint);
  const now = clock.now();
  const answers = await answersOfPayments(db, [row]);
  if (answers.length === 0) return getReplay(row, fingerprint);
  await db.transaction((tx) => storeAnswers(tx, answers, now));
  // Another repeat may have kept its answer first: the kept one counts.
  return getReplay((await findKey(db, row, now)) ?? row, fingerprint);
}

/** The answers of requests to pay that died before they gave them, as far as their attempts are settled. */
export async function answersOfPayments(sql: Sql, rows: readonly KeyRow[]): Promise<KeptAnswer[]> {
  const orderIds = [...new Set(rows.flatMap((row) => row.paymentOrderId ?? []))];
  if (orderIds.length === 0) return [];
  const [orders, attempts] = await Promise.all([findOrders(sql, { orderIds }), findAttempts(sql, { orderIds })]);
  const byId = new Map(orders.map((order) => [order.orderId, order]));
  return rows.flatMap(({ principal, key, paymentOrderId, paymentAttempt }) => {
    const order = byId.get(paymentOrderId ?? 0n);
    const attempt = attempts.find((one) => one.orderId === paymentOrderId && one.attempt === paymentAttempt);
    return order && attempt && !isOpen(attempt) ? [{ principal, key, ...paymentAnswer(order, attempt) }] : [];
  });
}
