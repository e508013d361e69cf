import { ExponentialBackoff, handleWhenResult, retry } from "cockatiel";
import { exactNumber, writeJson } from "../http/write-json.ts";
import { exponentOf, formatMajor } from "../platform/money.ts";
import { callService, type ServiceReply } from "./call-service-client.ts";
import type { ChargeAnswer, ChargeRequest, Gateway, RefundAnswer, RefundRequest } from "./gateway.ts";
import {
  chargeAnswerOf,
  matchCharge,
  matchRefund,
  readAnswer,
  readPayment,
  readPayments,
  readRefund,
  refundAnswerOf,
  type ServicePayment,
} from "./read-payment-answers.ts";

export interface PaymentServiceOptions {
  readonly url: string;
  /** Sent as a bearer token; empty: none. */
  readonly token: string;
  /** For one call of the port, its retries and the bodies of all answers included. */
  readonly timeoutMs: number;
  /** Whether the service honours Idempotency-Key: only then is it asked twice to move money. */
  readonly keysHonoured: boolean;
}

type Unsure = { readonly outcome: "unknown" | "not_sent"; readonly reason: string };
type Ask = (method: "GET" | "POST", path: string, sent?: { key: string; body: string }) => Promise<ServiceReply>;

const retriesOfCalls = 2; // A passing fault is over by then; a longer one is the breaker's and the reconciler's.
const firstBackoffMs = 100;
const longestBackoffMs = 2_000;

// Statuses by which a service says nothing about the payment itself.
const unreadable = new Set([401, 403, 404, 405, 413, 415, 421, 425, 429]);
const undecided = new Set([408, 409]);

/**
 * A remote payment service with the contract of docs/payments.md. Money moves at most once for one key: a call with an
 * unclear end is looked up first, and repeated only where the service honours keys.
 */
export function paymentServiceGateway(options: PaymentServiceOptions): Gateway {
  const closing = new Set<AbortController>();

  /** Runs a call under one deadline for all that it sends and reads. */
  async function limited<Answer>(work: (ask: Ask, signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), options.timeoutMs);
    closing.add(ending);
    const ask: Ask = (method, path, sent) => callService({ ...options, method, path, sent, signal: ending.signal });
    try {
      return await work(ask, ending.signal);
    } finally {
      clearTimeout(timer);
      closing.delete(ending);
    }
  }

  return {
    name: "http",
    keysAreSafe: options.keysHonoured,
    charge: (request) =>
      limited((ask, signal) =>
        persist<ChargeAnswer>(signal, {
          repeatable: options.keysHonoured,
          send: () => postCharge(ask, request),
          lookUp: () => lookUpCharge(ask, request),
          isBare: (answer) => answer.outcome === "failed" && answer.reference === null,
        }),
      ),
    findCharge: (request) => limited((ask, signal) => retrying(signal, () => lookUpCharge(ask, request), isUnsure)),
    refund: (request) =>
      limited(async (ask, signal) => {
        // A service that ignores keys would pay back twice, so it is asked first what it has paid back.
        const before = options.keysHonoured ? undefined : await lookUpRefund(ask, request);
        if (before) return before.outcome === "unknown" ? { ...before, outcome: "not_sent" } : before;
        return persist<RefundAnswer>(signal, {
          repeatable: options.keysHonoured,
          send: () => postRefund(ask, request),
          lookUp: () => lookUpRefund(ask, request),
          isBare: (answer) => answer.outcome === "failed",
        });
      }),
    async close() {
      for (const ending of closing) ending.abort();
    },
  };
}

interface Persistence<Answer> {
  readonly repeatable: boolean;
  send(): Promise<Answer>;
  lookUp(): Promise<Answer | undefined>;
  /** An answer about the request only, not about a payment that an earlier try may have made. */
  isBare(answer: Answer): boolean;
}

function isUnsure(answer: object | undefined): answer is Unsure {
  return answer !== undefined && "outcome" in answer && (answer.outcome === "unknown" || answer.outcome === "not_sent");
}

function retrying<Answer extends object | undefined>(
  signal: AbortSignal,
  run: () => Promise<Answer>,
  again: (answer: Answer) => boolean,
): Promise<Answer> {
  const policy = retry(
    handleWhenResult((answer) => !signal.aborted && again(answer as Answer)),
    {
      maxAttempts: retriesOfCalls,
      backoff: new ExponentialBackoff({ initialDelay: firstBackoffMs, maxDelay: longestBackoffMs }),
    },
  );
  return policy.execute(run, signal);
}

/**
 * Sends until the outcome is clear or the tries are used up. Once a try may have had its effect, the look-up decides: a
 * service may repeat its 500 for this key for ever, and one that was not reached now says nothing about before.
 */
function persist<Answer extends { outcome: string }>(signal: AbortSignal, how: Persistence<Answer>): Promise<Answer> {
  let doubt: Answer | undefined;
  const once = async (): Promise<Answer> => {
    const answer = await how.send();
    if (doubt === undefined && answer.outcome !== "unknown") return answer;
    if (doubt !== undefined && !isUnsure(answer) && !how.isBare(answer)) return answer;
    doubt ??= answer;
    return signal.aborted ? doubt : ((await how.lookUp()) ?? doubt);
  };
  return retrying(signal, once, (answer) => isUnsure(answer) && (how.repeatable || answer.outcome === "not_sent"));
}

async function postCharge(ask: Ask, request: ChargeRequest): Promise<ChargeAnswer> {
  const { key, orderId, amountMinor, currency } = request;
  const money = { amount: exactNumber(formatMajor(amountMinor, exponentOf(currency) ?? 0)), currency };
  // The contract has no more than this: the customer is nobody's business but ours.
  const body = writeJson({ order_id: orderId, ...money });
  const reply = await ask("POST", "/api/v1/payments", { key, body });
  if ("outcome" in reply) return reply;
  const payment = readAnswer(reply.body, (value) => readPayment(value, orderId));
  const saysPayment = reply.status < 300 || reply.status === 402;
  if (saysPayment && payment) return chargeAnswerOf(payment);
  if (reply.status === 402) return { outcome: "failed", failure: "card_declined", reference: null };
  return unclear(reply.status) ?? { outcome: "failed", failure: "processing_error", reference: null };
}

/** What a status without a payment means, unless it is a plain refusal of what was asked. */
function unclear(status: number): Unsure | undefined {
  if (unreadable.has(status)) return { outcome: "not_sent", reason: `The payment service answered ${status}.` };
  if (status >= 400 && status < 500 && !undecided.has(status)) return undefined;
  return { outcome: "unknown", reason: `The payment service answered ${status} and nothing that can be understood.` };
}

function isJson(body: Buffer): boolean {
  return readAnswer(body, (value) => typeof value === "object") ?? false;
}

/** Asks for the payments of an order. None: the service says so itself, not some proxy before it. */
async function lookUp(ask: Ask, orderId: bigint): Promise<ServicePayment[] | Unsure> {
  const reply = await ask("GET", `/api/v1/payments/order/${orderId}`);
  if ("outcome" in reply) return { outcome: "unknown", reason: reply.reason };
  if (reply.status === 404 && isJson(reply.body)) return [];
  const payments = reply.status === 200 ? readAnswer(reply.body, (value) => readPayments(value, orderId)) : undefined;
  return payments ?? { outcome: "unknown", reason: `The payment service answered ${reply.status} to a look-up.` };
}

async function lookUpCharge(ask: Ask, request: ChargeRequest): Promise<ChargeAnswer | undefined> {
  const payments = await lookUp(ask, request.orderId);
  return isUnsure(payments) ? payments : matchCharge(payments, request);
}

async function lookUpRefund(ask: Ask, request: RefundRequest): Promise<RefundAnswer | undefined> {
  const payments = await lookUp(ask, request.orderId);
  return isUnsure(payments) ? payments : matchRefund(payments, request);
}

async function postRefund(ask: Ask, request: RefundRequest): Promise<RefundAnswer> {
  const { key, orderId, chargeReference, amountMinor, currency } = request;
  const money = { amount: exactNumber(formatMajor(amountMinor, exponentOf(currency) ?? 0)), currency };
  const body = writeJson({ payment_id: chargeReference, order_id: orderId, ...money });
  const reply = await ask("POST", "/api/v1/payments/refund", { key, body });
  if ("outcome" in reply) return reply;
  const refund = reply.status < 300 ? readAnswer(reply.body, readRefund) : undefined;
  if (refund) return refundAnswerOf(refund, request);
  // Said by the service itself, not by some proxy before it, this is about the payment.
  const noPayment = reply.status === 404 && isJson(reply.body);
  return (
    (noPayment ? undefined : unclear(reply.status)) ?? {
      outcome: "failed",
      reason: `The payment service refused it with ${reply.status}.`,
    }
  );
}
