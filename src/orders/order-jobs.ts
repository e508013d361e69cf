import { setTimeout as sleep } from "node:timers/promises";
import { forgetWebhooks, isWebhookWork, type WebhookWork, workWebhook } from "../payments/index.ts";
import type { Job } from "../platform/jobs.ts";
import { isAboutOrder } from "./about-order.ts";
import { completeAnswers } from "./answer-placement.ts";
import { expireOrder } from "./expire-order.ts";
import { indexOrders, positionsAtOnce } from "./index-orders.ts";
import { listExpiredOrderIds } from "./order-queries.ts";
import { type BatchToPay, isAboutBatch, payBatch } from "./pay-batch.ts";
import { payBatchOrders } from "./pay-batch-flow.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";
import { reconcilePayments } from "./reconcile-payments-flow.ts";
import { refundPayment } from "./refund-payment.ts";
import { payBack } from "./refund-payment-flow.ts";
import { spareRefundJob, spareWebhookJob } from "./spare-money-job.ts";
import { type NewsPolicy, openWebhookWork } from "./work-webhook-flow.ts";

/** Gives promised money back. May run twice: see `payBack`. */
export function refundPaymentJob(counter: Counter): Job<{ orderId: string; refund: number }> {
  return {
    declaration: refundPayment,
    run: ({ orderId, refund }, { tries }) => payBack(counter, { orderId: BigInt(orderId), refund }, tries),
    accepts: (payload): payload is { orderId: string; refund: number } =>
      isAboutOrder(payload) && "refund" in payload && Number.isSafeInteger(payload.refund),
    abandon: (tx, { orderId, refund }) => spareRefundJob(tx, { orderId: BigInt(orderId), refund }),
  };
}

/** Works on webhooks of the inbox. May run twice: see `openWebhookWork`. */
export function workWebhookJob(counter: Counter, desk: PaymentDesk, policy: NewsPolicy): Job<WebhookWork> {
  const run = openWebhookWork(counter, desk, policy);
  return { declaration: workWebhook, run, accepts: isWebhookWork, abandon: spareWebhookJob };
}

/** Has the orders of a batch paid. May run twice: see `payBatchOrders`. */
export function payBatchJob(counter: Counter, desk: PaymentDesk): Job<BatchToPay> {
  return {
    declaration: payBatch,
    run: (asked, { signal }) => payBatchOrders(counter, desk, asked, signal),
    accepts: isAboutBatch,
  };
}

/** Takes away webhooks that were worked on so long ago that nobody sends them again. */
export async function forgetOldWebhooks({ db, clock }: Counter, keptMs: number): Promise<void> {
  await forgetWebhooks(db, new Date(clock.now().getTime() - keptMs));
}

/** Settles what is due until nothing more is. */
export async function reconcileAll(counter: Counter, desk: PaymentDesk): Promise<void> {
  while ((await reconcilePayments(counter, desk)) > 0);
}

const expiredAtOnce = 500; // One round; the rest is found by the next.

/** Cancels unpaid orders whose time is over. A payment that comes later finds the order cancelled and goes back. */
export async function expireOrders({ db, clock, policy }: Counter): Promise<void> {
  const expired = await listExpiredOrderIds(db, { now: clock.now(), limit: expiredAtOnce });
  for (const { orderId } of expired) await db.transaction((tx) => expireOrder(tx, { orderId }, policy, clock.now()));
}

/** Completes the answers that died with their process, a set at a time. */
export async function completeAllAnswers({ db, clock }: Counter): Promise<void> {
  while ((await completeAnswers(db, clock)) > 0);
}

const piecesInTurn = 5; // A process that stops waits for the turn under way, so it ends within a second.

const restsAfterPiece = 3; // It takes a quarter of the time at most, and is late when the others need all they can have.

/** Has new orders found by their words and amounts, with a rest after each piece in which the others work. */
export async function indexNewOrders({ db }: Pick<Counter, "db">): Promise<void> {
  for (let piece = 0; piece < piecesInTurn; piece += 1) {
    const beganAt = performance.now();
    if ((await indexOrders(db)) < positionsAtOnce) return;
    await sleep((performance.now() - beganAt) * restsAfterPiece);
  }
}
