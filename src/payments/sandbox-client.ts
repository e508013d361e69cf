import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../platform/clock.ts";
import { coalesce } from "../platform/coalesce.ts";
import type { Db } from "../platform/db.ts";
import { isUnavailable, Refusal } from "../platform/errors.ts";
import { uuidV7 } from "../platform/ids.ts";
import { chargeSandbox, type SandboxCharge, type SandboxCharged } from "./charge-sandbox.ts";
import { findSandboxPayments } from "./find-sandbox-payments.ts";
import type { ChargeAnswer, ChargeRequest, Gateway, RefundAnswer, RefundRequest } from "./gateway.ts";
import { refundSandbox } from "./refund-sandbox.ts";
import { actOf, answerOf, type SandboxAct, type SandboxPayment, webhookBody } from "./sandbox.ts";
import { settleSandbox } from "./settle-sandbox.ts";

export interface SandboxOptions {
  /** How long the test customer `times-out` keeps its caller waiting. */
  readonly timeoutMs: number;
  /** Delivers a webhook about a payment to our own route, signed; its failure changes nothing. */
  readonly sendWebhook?: (orderId: bigint, body: string) => Promise<void>;
}

const mostPerFlush = 1000; // A set of a thousand payments takes some ten milliseconds.
const flushesAtOnce = 1; // One is written while the next is collected; two would only make the sets smaller.
const mostLate = 1000; // Payments told of later by a timer; the rest is found by reading back.
const settleSlackMs = 5; // A timer may fire a moment before its time, and the payment would not be due yet.

/** The embedded payment service, called in process. What it says it did is in its books, and stays there. */
export function sandboxGateway(db: Db, clock: Clock, options: SandboxOptions): Gateway {
  const closing = new AbortController();
  const tell = webhookSender(options, closing.signal);
  const tellLater = lateTeller(db, clock, { tell, closing: closing.signal });
  const takeMoney = coalesce<SandboxCharge, SandboxCharged>({
    name: "charge-sandbox",
    most: mostPerFlush,
    flushes: flushesAtOnce,
    run: (charges) => chargeSandbox(db, charges, clock.now()),
    // A repeated insert finds its own rows. While the database is away each try would only wait as long again.
    mayRunAlone: (error) => !isUnavailable(error),
  });

  async function charge(request: ChargeRequest): Promise<ChargeAnswer> {
    const act = actOf(request.customerEmail, request.amountMinor, request.attempt);
    if (act.reply === "never") return hang(options.timeoutMs, closing.signal);
    const { orderId, key, amountMinor, currency } = request;
    const paymentId = `pay_${uuidV7(clock.now())}`;
    const charged = await takeMoney({ paymentId, orderId, key, amountMinor, currency, act });
    if (charged.outcome === "key_reused") return { outcome: "failed", failure: "processing_error", reference: null };
    if (charged.outcome === "repeated") return answerOf(charged.payment);
    return firstAnswer(act, charged.payment);
  }

  /** The test customers have their way with the first answer only, so that asking again always helps. */
  function firstAnswer(act: SandboxAct, payment: SandboxPayment): ChargeAnswer {
    if (act.settlesAfterMs !== null) tellLater(payment.orderId, act.settlesAfterMs);
    if (act.reply === "lost") return { outcome: "unknown", reason: "The sandbox charged and lost its reply." };
    if (act.reply === "twice") {
      tell(payment);
      tell(payment);
    }
    return answerOf(payment);
  }

  async function findCharge(request: ChargeRequest): Promise<ChargeAnswer | undefined> {
    const { payments } = await findSandboxPayments(db, request.orderId, clock.now());
    const payment = payments.find((one) => one.idempotencyKey === request.key);
    return payment && answerOf(payment);
  }

  async function refund(request: RefundRequest): Promise<RefundAnswer> {
    const { key, orderId, chargeReference: paymentId, amountMinor, currency } = request;
    const now = clock.now();
    const asked = { refundId: `re_${uuidV7(now)}`, orderId, paymentId, key, amountMinor, currency };
    const made = await db.transaction((tx) => refundSandbox(tx, asked, now));
    return { outcome: "refunded", reference: made.refundId };
  }

  return {
    name: "sandbox",
    keysAreSafe: true,
    charge: (request) => charge(request).catch(unknown),
    findCharge: (request) => findCharge(request).catch(unknown),
    refund: (request) => refund(request).catch(refused),
    close: async () => closing.abort(),
  };
}

/** A statement that failed may still have taken effect, so nothing is said about it. */
function unknown(error: unknown): { outcome: "unknown"; reason: string } {
  return { outcome: "unknown", reason: `The sandbox failed: ${error instanceof Error ? error.message : error}` };
}

function refused(error: unknown): RefundAnswer {
  return error instanceof Refusal ? { outcome: "failed", reason: error.message } : unknown(error);
}

async function hang(timeoutMs: number, signal: AbortSignal): Promise<ChargeAnswer> {
  await sleep(timeoutMs, undefined, { signal }).catch(() => {});
  return { outcome: "unknown", reason: `The sandbox gave no answer within ${timeoutMs} ms.` };
}

/** Sends without being waited for: the answer and the webhook race each other, as they do with any gateway. */
function webhookSender(options: SandboxOptions, closing: AbortSignal): (payment: SandboxPayment) => void {
  return (payment) => {
    if (closing.aborted) return;
    options.sendWebhook?.(payment.orderId, webhookBody(payment)).catch(() => {});
  };
}

interface Telling {
  readonly tell: (payment: SandboxPayment) => void;
  readonly closing: AbortSignal;
}

/** Lets a pending payment succeed when its time has come, and tells of it unless a read-back was quicker. */
function lateTeller(db: Db, clock: Clock, { tell, closing }: Telling): (orderId: bigint, afterMs: number) => void {
  const timers = new Set<NodeJS.Timeout>();
  closing.addEventListener("abort", () => timers.forEach(clearTimeout), { once: true });

  async function settle(orderId: bigint): Promise<void> {
    for (const payment of await settleSandbox(db, [orderId], clock.now())) tell(payment);
  }

  return (orderId, afterMs) => {
    if (timers.size >= mostLate || closing.aborted) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      settle(orderId).catch(() => {});
    }, afterMs + settleSlackMs);
    timer.unref();
    timers.add(timer);
  };
}
