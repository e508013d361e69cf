import type { NewEvent } from "../events/index.ts";
import type { ProviderOrder } from "../fulfillment/index.ts";
import type { MoneyEntry, PaymentAttempt, Refund, SuspendedMoney } from "../payments/index.ts";
import type { QueuedJob } from "../platform/jobs.ts";
import type { NewTask } from "../tasks/index.ts";
import { eventIdOf } from "./event-id.ts";
import type { Order, OrderStatus, OrderWithItems } from "./order.ts";
import type { OrderNews } from "./order-events.ts";
import type { Origin } from "./origin.ts";
import type { ShopperOrder } from "./purchase.ts";

/** Who changes orders and why: stands in every event and money entry. */
export interface Author {
  readonly actor: string;
  readonly cause: string;
}

/** When waiting things come to an end. */
export interface OrderPolicy {
  /** How long an unpaid order waits. */
  readonly expiryMs: number;
  /** When an intent is looked at by the reconciler, if the process that wrote it says nothing more. */
  readonly firstCheckMs: number;
  /** How soon an unknown outcome is asked for again, at first. */
  readonly againMs: number;
}

/** Where an order came from, with what came with it. */
export interface PlacedOrigin extends Origin {
  /** What the source calls the customer. */
  readonly customerReference: string | null;
  readonly uidIsGiven?: boolean;
}

/**
 * Everything that one transaction will write about its orders. Decisions are made by adding to it, on rows that are
 * locked; `write-changes.ts` then writes all of it in one round trip.
 */
export interface Changes {
  readonly now: Date;
  readonly policy: OrderPolicy;
  readonly placed: OrderWithItems[];
  /** Where those that are placed came from, as far as they came from anywhere. */
  readonly origins: Map<bigint, PlacedOrigin>;
  /** Whose those are that were carts, with their details. */
  readonly shopperOrders: ShopperOrder[];
  /** Orders that were carts and are paid now: their details never change from here on. */
  readonly frozen: bigint[];
  /** The newest state of each order that changed. */
  readonly orders: Map<bigint, Order>;
  readonly attemptsStarted: PaymentAttempt[];
  readonly attemptsSaved: Map<string, PaymentAttempt>;
  readonly entries: MoneyEntry[];
  readonly refunds: Refund[];
  /** The newest state of each refund that was settled; those of this transaction are inserted first. */
  readonly refundsSaved: Map<string, Refund>;
  readonly partsStarted: ProviderOrder[];
  readonly partsSaved: ProviderOrder[];
  readonly events: NewEvent[];
  readonly jobs: QueuedJob[];
  readonly tasks: NewTask[];
  /** Money that does not fit; each has its task. */
  readonly suspended: SuspendedMoney[];
}

export function noChanges(now: Date, policy: OrderPolicy): Changes {
  return {
    now,
    policy,
    placed: [],
    origins: new Map(),
    shopperOrders: [],
    frozen: [],
    orders: new Map(),
    attemptsStarted: [],
    attemptsSaved: new Map(),
    entries: [],
    refunds: [],
    refundsSaved: new Map(),
    partsStarted: [],
    partsSaved: [],
    events: [],
    jobs: [],
    tasks: [],
    suspended: [],
  };
}

/** For verbs after which nobody waits for anything: they start no attempt and leave no order unpaid. */
const noWaits: OrderPolicy = { expiryMs: 0, firstCheckMs: 0, againMs: 0 };

/** Changes of money alone: what an order's status is, and until when, stays as it was. */
export function noMoneyChanges(now: Date): Changes {
  return noChanges(now, noWaits);
}

/** What else changes on the order together with an event. */
export interface OrderStep {
  readonly to?: OrderStatus;
  readonly set?: Partial<
    Pick<Order, "capturedMinor" | "refundingMinor" | "refundedMinor" | "chargedBackMinor" | "attempts" | "refunds">
  >;
}

/**
 * Adds the next event of an order's stream, with the move of its status if there is one, and answers the order as it is
 * then. Its `updatedAt` says when it moved: what follows from a move, such as a refund, leaves it, so that v1's cancel
 * gives the same answer again.
 */
export function addEvent<Kept extends Order>(
  changes: Changes,
  order: Kept,
  news: OrderNews & { by: Author },
  step: OrderStep = {},
): Kept {
  const sequence = order.lastSequence + 1;
  const status = step.to ?? order.status;
  changes.events.push({
    streamKind: "order",
    streamId: order.orderId,
    sequence,
    eventId: eventIdOf(order.uid, sequence),
    type: news.type,
    subject: order.uid,
    occurredAt: changes.now,
    fromStatus: step.to === undefined ? null : sequence === 1 ? "new" : order.status,
    toStatus: step.to ?? null,
    actor: news.by.actor,
    cause: news.by.cause,
    data: news.data,
  });
  const expiresAt = status === "pending" ? (order.expiresAt ?? order.payUntil ?? expiryFrom(changes)) : null;
  const updatedAt = step.to === undefined ? order.updatedAt : changes.now;
  const next = { ...order, ...step.set, status, expiresAt, lastSequence: sequence, updatedAt };
  changes.orders.set(order.orderId, next);
  return next;
}

/** Ends what could still be changed of an order that is paid now. */
export function freezeDetails(changes: Changes, { orderId, cartId }: Order): void {
  if (cartId !== null) changes.frozen.push(orderId);
}

/** Changes an order's counters where nothing is announced. */
export function setCounters<Kept extends Order>(
  changes: Changes,
  order: Kept,
  set: NonNullable<OrderStep["set"]>,
): Kept {
  const next = { ...order, ...set };
  changes.orders.set(order.orderId, next);
  return next;
}

/** Remembers the newest state of an attempt. */
export function saveAttempt(changes: Changes, attempt: PaymentAttempt): PaymentAttempt {
  const saved = { ...attempt, updatedAt: changes.now };
  changes.attemptsSaved.set(`${attempt.orderId} ${attempt.attempt}`, saved);
  return saved;
}

/** Remembers the newest state of a refund. */
export function saveRefund(changes: Changes, refund: Refund): Refund {
  const saved = { ...refund, updatedAt: changes.now };
  changes.refundsSaved.set(`${refund.orderId} ${refund.refund}`, saved);
  return saved;
}

function expiryFrom(changes: Changes): Date {
  return new Date(changes.now.getTime() + changes.policy.expiryMs);
}
