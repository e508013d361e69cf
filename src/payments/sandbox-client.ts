import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../platform/clock.ts";
import { coalesce } from "../platform/coalesce.ts";
import type { Db } from "../platform/db.ts";
import { isUnavailable, Refusal } from "../platform/errors.ts";
import { randomToken, uuidV7 } from "../platform/ids.ts";
import { chargeSandbox, type SandboxCharge, type SandboxCharged } from "./charge-sandbox.ts";
import { findSandboxPayment } from "./find-sandbox-payments.ts";
import type {
  ChargeAnswer,
  ChargeRequest,
  Gateway,
  RefundAnswer,
  RefundRequest,
  SessionAnswer,
  SessionRequest,
} from "./gateway.ts";
import { openSandboxSession } from "./open-sandbox-session.ts";
import { expireSandboxSession, findSandboxSessionByKey } from "./page-queries.ts";
import { refundSandbox } from "./refund-sandbox.ts";
import { actOf, answerOf, type SandboxAct, type SandboxPayment } from "./sandbox.ts";
import { openSandboxNews, type SandboxNewsOptions } from "./sandbox-news-client.ts";

export interface SandboxOptions extends Omit<SandboxNewsOptions, "closing"> {
  /** How long the test customer `times-out` keeps its caller waiting. */
  readonly timeoutMs: number;
  /** Where its payment pages are; without it there are none. */
  readonly pagesAt?: () => string;
}

const mostPerFlush = 1000; // A set of a thousand payments takes some ten milliseconds.
const flushesAtOnce = 1; // One is written while the next is collected; two would only make the sets smaller.
const sessionMs = 1_800_000; // Half an hour, the shortest that real gateways keep a page open.
const sessionIdBytes = 24;

/** The embedded payment service, called in process. What it says it did is in its books, and stays there. */
export function sandboxGateway(db: Db, clock: Clock, options: SandboxOptions): Gateway {
  const { pagesAt } = options;
  const closing = new AbortController();
  const { tell, tellLater } = openSandboxNews(db, clock, { ...options, closing: closing.signal });
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
    const payment = await findSandboxPayment(db, request, clock.now());
    return payment ? answerOf(payment) : findSession(request);
  }

  /** Once it was said that a page's time is over, nobody pays there any more: the books say so first. */
  async function findSession({ orderId, key }: ChargeRequest): Promise<ChargeAnswer | undefined> {
    await expireSandboxSession(db, { orderId, key, now: clock.now() });
    const session = await findSandboxSessionByKey(db, { orderId, key });
    if (session?.status === "expired") return { outcome: "failed", failure: "session_expired", reference: null };
    return session && { outcome: "pending", reference: null };
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
    ...(pagesAt && { openSession: (request) => openPage(db, clock.now(), request, pagesAt()).catch(unknown) }),
    findCharge: (request) => findCharge(request).catch(unknown),
    refund: (request) => refund(request).catch(refused),
    close: async () => closing.abort(),
  };
}

async function openPage(db: Db, now: Date, request: SessionRequest, pagesAt: string): Promise<SessionAnswer> {
  const { orderId, key, attempt: _attempt, ...asked } = request;
  const session = await openSandboxSession(db, {
    ...asked,
    sessionId: `cs_${randomToken(sessionIdBytes)}`,
    orderId,
    idempotencyKey: key,
    expiresAt: new Date(now.getTime() + sessionMs),
    createdAt: now,
  });
  if (!session) return { outcome: "failed", reason: "The key was used for another amount or currency." };
  if (session.status !== "open" || session.expiresAt <= now) return { outcome: "over" };
  const { sessionId, expiresAt } = session;
  return { outcome: "opened", reference: sessionId, url: `${pagesAt}/sandbox/pay/${sessionId}`, expiresAt };
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
