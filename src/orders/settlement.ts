import { ownPart } from "../fulfillment/index.ts";
import { attemptKey, isOpen, type MoneyEntry, nextCheckDelayMs, type PaymentAttempt } from "../payments/index.ts";
import { type Author, addEvent, type Changes, freezeDetails, saveAttempt } from "./changes.ts";
import type { Order } from "./order.ts";
import { orderConfirmed, paymentFailed, paymentInitiated, paymentProcessed } from "./order-events.ts";
import type { PaymentResult, SettlementOutcome } from "./payment-result.ts";
import { promiseRefund } from "./repayment.ts";
import { letterJobs } from "./tell-customer.ts";

type Paid = Extract<PaymentResult["answer"], { outcome: "paid" }>;

/** An order under its lock, with all its attempts, while results are applied to it one after the other. */
export interface OrderInHand {
  order: Order;
  readonly attempts: Map<number, PaymentAttempt>;
  /** References of payments that the ledger has under other orders. */
  readonly elsewhere: Set<string>;
}

/**
 * Applies one result to an order in hand. It is the one place that decides what a payment means, whoever brought the
 * news; the order of arrival and repeats do not matter.
 */
export function applyResult(changes: Changes, hand: OrderInHand, result: PaymentResult): SettlementOutcome {
  const attempt = attemptMeant(hand, result);
  if (!attempt) return openTask(changes, hand, result, { kind: "payment_unexpected", attempt });
  const { answer, by } = result;
  switch (answer.outcome) {
    case "paid":
      return applyPaid(changes, hand, { attempt, answer, result });
    case "failed":
      return applyFailed(changes, hand, attempt, { failure: answer.failure, reference: answer.reference, by });
    case "not_sent":
      return applyFailed(changes, hand, attempt, { failure: "not_sent", reference: null, by });
    case "pending":
      return applyWaiting(changes, hand, attempt, {
        state: "processing",
        reference: answer.reference ?? attempt.reference,
      });
    case "unknown":
      return applyWaiting(changes, hand, attempt, { state: "unknown", reference: attempt.reference });
  }
}

/**
 * A gateway that only names its own payment means the attempt with that reference, else the newest that has none yet.
 * An attempt whose payment is known is not moved by news of another one.
 */
function attemptMeant(hand: OrderInHand, { attempt, answer }: PaymentResult): PaymentAttempt | undefined {
  if (attempt !== null) return hand.attempts.get(attempt);
  const reference = "reference" in answer ? answer.reference : null;
  const newestFirst = [...hand.attempts.values()].reverse();
  return newestFirst.find((one) => one.reference === reference) ?? newestFirst.find((one) => one.reference === null);
}

interface PaidNews {
  readonly attempt: PaymentAttempt;
  readonly answer: Paid;
  readonly result: PaymentResult;
}

function applyPaid(changes: Changes, hand: OrderInHand, news: PaidNews): SettlementOutcome {
  const { attempt, answer, result } = news;
  if (isElsewhere(changes, hand, news)) {
    applyWaiting(changes, hand, attempt, { state: "unknown", reference: attempt.reference });
    return openTask(changes, hand, result, { kind: "payment_unexpected", attempt });
  }
  if (answer.amountMinor !== attempt.amountMinor || answer.currency !== attempt.currency) {
    return refuseAmount(changes, hand, news);
  }
  if (attempt.state === "paid" || (attempt.state === "cancelled" && attempt.reference !== null)) {
    if (attempt.reference === answer.reference) return "duplicate";
    return openTask(changes, hand, result, { kind: "payment_unexpected", attempt });
  }
  if (isTaken(hand, attempt, answer.reference)) {
    return applyFailed(changes, hand, attempt, { failure: "same_payment", reference: null, by: result.by });
  }
  const wanted = hand.order.status === "payment_processing" || hand.order.status === "pending";
  return wanted ? payOrder(changes, hand, news) : keepSurplus(changes, hand, news);
}

/** Whether the payment is another order's: by the ledger, or by a result that was applied just before. */
function isElsewhere(changes: Changes, { order, elsewhere }: OrderInHand, { attempt, answer }: PaidNews): boolean {
  const isTheirs = (entry: MoneyEntry) =>
    entry.reference === answer.reference && entry.orderId !== order.orderId && entry.gateway === attempt.gateway;
  return elsewhere.has(answer.reference) || changes.entries.some(isTheirs);
}

/**
 * Another amount or currency than was asked for pays nothing; the money stands in suspense. When the gateway says so
 * itself the attempt is over, so that the order can be paid again or cancelled: asking it again would not change it.
 */
function refuseAmount(changes: Changes, hand: OrderInHand, { attempt, answer, result }: PaidNews): SettlementOutcome {
  const outcome = openTask(changes, hand, result, { kind: "payment_mismatch", attempt });
  const { reference } = answer;
  if (!result.told) applyFailed(changes, hand, attempt, { failure: "amount_mismatch", reference, by: result.by });
  return outcome;
}

/**
 * Whether another attempt of the order brought this payment: a service that makes one payment for each order answers the
 * next attempt with it. Its money came in once.
 */
function isTaken(hand: OrderInHand, attempt: PaymentAttempt, reference: string): boolean {
  return [...hand.attempts.values()].some(
    (one) =>
      one.attempt !== attempt.attempt &&
      one.reference === reference &&
      (one.state === "paid" || one.state === "cancelled"),
  );
}

function payOrder(changes: Changes, hand: OrderInHand, { attempt, answer, result }: PaidNews): SettlementOutcome {
  const { by } = result;
  const captured = { capturedMinor: hand.order.capturedMinor + answer.amountMinor };
  const news = { ...paymentProcessed(hand.order, attempt, answer.reference, changes.now), by };
  // A payment that had been given up arrives after all: the order goes through its states as if it had come in time.
  const step =
    hand.order.status === "pending" ? { to: "payment_processing" as const, set: captured } : { set: captured };
  const charged = addEvent(changes, hand.order, news, step);
  recordCapture(changes, hand, { attempt, answer, by, order: charged, state: "paid" });
  hand.order = addEvent(changes, charged, { ...orderConfirmed(charged, changes.now), by }, { to: "paid" });
  freezeDetails(changes, hand.order);
  changes.partsStarted.push(ownPart(hand.order.orderId));
  changes.jobs.push(...letterJobs(hand.order, "order_confirmation"));
  return "paid";
}

/** The order is paid already, or cancelled: the money is written down and goes back. */
function keepSurplus(changes: Changes, hand: OrderInHand, { attempt, answer, result }: PaidNews): SettlementOutcome {
  const { by } = result;
  const captured = { capturedMinor: hand.order.capturedMinor + answer.amountMinor };
  const news = { ...paymentProcessed(hand.order, attempt, answer.reference, changes.now), by };
  const charged = addEvent(changes, hand.order, news, { set: captured });
  recordCapture(changes, hand, { attempt, answer, by, order: charged, state: "cancelled" });
  hand.order = promiseRefund(changes, charged, { attempt, amountMinor: answer.amountMinor, reason: "surplus" });
  return "surplus";
}

interface Capture {
  readonly attempt: PaymentAttempt;
  readonly answer: Paid;
  readonly by: Author;
  /** The order after the event that records the capture. */
  readonly order: Order;
  /** One attempt at most is `paid`; what comes in besides is `cancelled`, its money in the ledger all the same. */
  readonly state: "paid" | "cancelled";
}

function recordCapture(changes: Changes, hand: OrderInHand, { attempt, answer, by, order, state }: Capture): void {
  changes.entries.push({
    orderId: order.orderId,
    sequence: order.lastSequence,
    attempt: attempt.attempt,
    kind: "capture",
    amountMinor: answer.amountMinor,
    currency: answer.currency,
    gateway: attempt.gateway,
    reference: answer.reference,
    cause: by.cause,
    actor: by.actor,
    recordedAt: changes.now,
  });
  const settled = { ...attempt, state, reference: answer.reference, failure: null, checkAt: null };
  hand.attempts.set(attempt.attempt, saveAttempt(changes, settled));
}

interface Failure {
  readonly failure: string;
  readonly reference: string | null;
  readonly by: Author;
}

function applyFailed(changes: Changes, hand: OrderInHand, attempt: PaymentAttempt, heard: Failure): SettlementOutcome {
  // A capture that we recorded stands: news of a failure that comes after it is old.
  if (!isOpen(attempt)) return "duplicate";
  const reference = heard.reference ?? attempt.reference;
  const settled = { ...attempt, state: "failed" as const, failure: heard.failure, reference, checkAt: null };
  hand.attempts.set(attempt.attempt, saveAttempt(changes, settled));
  const news = { ...paymentFailed(hand.order, attempt, heard.failure, changes.now), by: heard.by };
  const waited = hand.order.status === "payment_processing" && attempt.attempt === hand.order.attempts;
  hand.order = addEvent(changes, hand.order, news, waited ? { to: "pending" } : {});
  return "failed";
}

// With the waits doubling from five seconds that is after an hour and a half; it is asked further all the same.
const checksBeforeTask = 10;

function applyWaiting(
  changes: Changes,
  hand: OrderInHand,
  attempt: PaymentAttempt,
  heard: { state: "processing" | "unknown"; reference: string | null },
): SettlementOutcome {
  if (!isOpen(attempt)) return "duplicate";
  const checks = attempt.checks + 1;
  const checkAt = new Date(changes.now.getTime() + nextCheckDelayMs(attempt.checks, changes.policy.againMs));
  hand.attempts.set(attempt.attempt, saveAttempt(changes, { ...attempt, ...heard, checks, checkAt }));
  if (checks === checksBeforeTask) {
    changes.tasks.push({
      kind: "payment_unresolved",
      cause: `payment_unresolved order ${attempt.orderId} attempt ${attempt.attempt}`,
      orderId: attempt.orderId,
      detail: { attempt: attempt.attempt, gateway: attempt.gateway, state: heard.state, checks },
    });
  }
  return "waiting";
}

/**
 * Money was named that does not fit: it is kept in suspense, a person decides, and nothing is marked paid. The same
 * trouble opens one task.
 */
function openTask(
  changes: Changes,
  { order }: OrderInHand,
  result: PaymentResult,
  { kind, attempt }: { kind: "payment_mismatch" | "payment_unexpected"; attempt: PaymentAttempt | undefined },
): SettlementOutcome {
  const { answer, by } = result;
  const said =
    answer.outcome === "paid"
      ? { reference: answer.reference, amountMinor: answer.amountMinor.toString(), currency: answer.currency }
      : { reference: "reference" in answer ? answer.reference : null };
  const { orderId } = order;
  const cause = `${kind} order ${orderId} attempt ${attempt?.attempt ?? order.attempts} reference ${said.reference}`;
  const gateway = result.gateway ?? attempt?.gateway;
  if (answer.outcome === "paid" && gateway !== undefined) {
    const { outcome: _outcome, ...money } = answer;
    changes.suspended.push({ gateway, kind: "capture", ...money, orderId, taskCause: cause, heardFrom: by.cause });
  }
  changes.tasks.push({
    kind,
    cause,
    orderId,
    detail: { ...said, outcome: answer.outcome, heardFrom: by.cause },
  });
  return kind === "payment_mismatch" ? "mismatched" : "unexpected";
}

/** Who is to take the money, and whether on a page of theirs. */
export interface AttemptPlan {
  readonly gateway: string;
  readonly hosted?: boolean;
  readonly by: Author;
}

/** Starts the next attempt on an order that waits for payment. The order's row is held. */
export function startAttempt<Kept extends Order>(
  changes: Changes,
  order: Kept,
  { gateway, hosted = false, by }: AttemptPlan,
): { order: Kept; attempt: PaymentAttempt } {
  const number = order.attempts + 1;
  const attempt: PaymentAttempt = {
    orderId: order.orderId,
    attempt: number,
    key: attemptKey(order.uid, number),
    gateway,
    state: "processing",
    amountMinor: order.totalMinor,
    currency: order.currency,
    reference: null,
    failure: null,
    hosted,
    sessionReference: null,
    sessionUrl: null,
    checks: 0,
    checkAt: new Date(changes.now.getTime() + changes.policy.firstCheckMs),
    createdAt: changes.now,
    updatedAt: changes.now,
  };
  changes.attemptsStarted.push(attempt);
  const news = { ...paymentInitiated(order, attempt, changes.now), by };
  return { order: addEvent(changes, order, news, { to: "payment_processing", set: { attempts: number } }), attempt };
}
