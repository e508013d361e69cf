import { setTimeout as sleep } from "node:timers/promises";
import { findAttempts } from "../payments/index.ts";
import type { Sql } from "../platform/db.ts";
import { reach } from "../platform/failpoints.ts";
import type { Author } from "./changes.ts";
import type { Order } from "./order.ts";
import { listUnpaidOfBatch, listUnpaidOfImport, type UnpaidOrder } from "./pay-placed-queries.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";
import { isUnasked, startPayments } from "./start-payments.ts";

/** Whose orders are to be paid. */
export type PlacedTogether = { readonly importId: string } | { readonly batchId: string };

export interface PayPlaced {
  readonly of: PlacedTogether;
  readonly by: Author;
  /** When it is aborted, what was begun is finished and nothing more is begun. */
  readonly signal?: AbortSignal;
  /** Told how far it came, after each piece. */
  readonly onProgress?: (soFar: PaidPlaced) => void;
  /** The first pause when the gateway cannot be asked; they grow. Only tests shorten it. */
  readonly pauseMs?: number;
}

/** How many orders came to which end. */
export interface PaidPlaced {
  readonly paid: number;
  /** The gateway refused: they wait, and are not asked for again. */
  readonly declined: number;
  /** Nobody knows yet: the reconciler asks until there is an answer. */
  readonly unknown: number;
  /** The gateway could not be asked, so these and all behind them still wait. 0 unless it was given up. */
  readonly unasked: number;
  /** The signal ended it before all were asked. */
  readonly stopped: boolean;
}

const ordersOnPage = 500;
/** Half of the calls that a remote gateway is asked at once: shoppers who pay meanwhile find a place. */
const ordersInPiece = 25;
const piecesAtOnce = 2;

const firstPauseMs = 1_000;
const mostDoublings = 3; // Eight seconds: hardly longer than a gateway is left alone, so that its return is soon seen.
const mostPauses = 8; // Most of a minute. A gateway that is away for longer is left to the next run.

interface Pass extends PayPlaced {
  readonly counter: Counter;
  readonly desk: Pick<PaymentDesk, "pay">;
  readonly soFar: { paid: number; declined: number; unknown: number; unasked: number };
  /** What broke a piece. */
  failure: unknown;
}

/**
 * Has the orders of a batch or an import paid that wait for their first payment: commits intents a piece at a time, asks
 * the gateway for each, settles what it says. When the gateway cannot be asked it waits, longer each time, and gives up
 * at last: the orders then wait with an attempt that says why.
 *
 * May be killed at any moment and run again, also twice at once: who was asked is never asked again here; an intent that
 * was committed and not answered is the reconciler's.
 */
export async function payPlacedOrders(
  counter: Counter,
  desk: Pick<PaymentDesk, "pay">,
  asked: PayPlaced,
): Promise<PaidPlaced> {
  const soFar = { paid: 0, declined: 0, unknown: 0, unasked: 0 };
  const pass: Pass = { ...asked, counter, desk, soFar, failure: undefined };
  const underWay = new Set<Promise<void>>();
  for await (const orderIds of eachPiece(counter.db, asked.of)) {
    if (isOver(pass)) break;
    const piece = payPiece(pass, orderIds)
      .catch((error: unknown) => {
        pass.failure ??= error;
      })
      .finally(() => underWay.delete(piece));
    underWay.add(piece);
    if (underWay.size >= piecesAtOnce) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  if (pass.failure !== undefined) throw pass.failure;
  return { ...soFar, stopped: asked.signal?.aborted ?? false };
}

function isOver({ signal, soFar, failure }: Pass): boolean {
  return signal?.aborted === true || soFar.unasked > 0 || failure !== undefined;
}

/** The orders that wait and were never asked for, a piece at a time. */
async function* eachPiece(sql: Sql, of: PlacedTogether): AsyncGenerator<bigint[]> {
  let after = 0n;
  for (;;) {
    const unpaid = await listUnpaid(sql, of, { after, limit: ordersOnPage });
    const last = unpaid.at(-1);
    if (last === undefined) return;
    after = last.position;
    const tried = unpaid.filter((order) => order.attempts > 0).map((order) => order.orderId);
    const attempts = tried.length === 0 ? [] : await findAttempts(sql, { orderIds: tried });
    const newest = new Map(attempts.map((attempt) => [attempt.orderId, attempt]));
    const due = unpaid.filter((order) => isUnasked(newest.get(order.orderId))).map((order) => order.orderId);
    for (let at = 0; at < due.length; at += ordersInPiece) yield due.slice(at, at + ordersInPiece);
  }
}

function listUnpaid(sql: Sql, of: PlacedTogether, page: { after: bigint; limit: number }): Promise<UnpaidOrder[]> {
  return "batchId" in of
    ? listUnpaidOfBatch(sql, { batchId: of.batchId, ...page })
    : listUnpaidOfImport(sql, { importId: of.importId, ...page });
}

/**
 * Asks for a piece until all of it was asked for, or the gateway was waited for long enough. While it is away one order
 * after the other tries it: each try is one of the few that an order has.
 */
async function payPiece(pass: Pass, orderIds: readonly bigint[]): Promise<void> {
  const { soFar } = pass;
  let left = orderIds;
  let failed = 0;
  while (left.length > 0) {
    const asking = failed === 0 ? left : left.slice(0, 1);
    const unasked = await askFor(pass, asking);
    failed = unasked.length < asking.length ? 0 : failed + 1;
    left = [...left.slice(asking.length), ...unasked];
    if (left.length > 0 && (failed > mostPauses || isOver(pass))) {
      soFar.unasked += left.length;
      left = [];
    }
    pass.onProgress?.({ ...soFar, stopped: false });
    if (left.length > 0 && unasked.length > 0) await pause(pass, failed);
  }
}

async function pause({ pauseMs = firstPauseMs, signal }: Pass, failed: number): Promise<void> {
  await sleep(
    pauseMs * 2 ** Math.min(Math.max(failed - 1, 0), mostDoublings),
    undefined,
    signal ? { signal } : {},
  ).catch(() => {});
}

/** Answers those that the gateway could not be asked for. */
async function askFor({ counter, desk, soFar, by }: Pass, orderIds: readonly bigint[]): Promise<bigint[]> {
  const { db, gateway, clock, policy } = counter;
  const now = clock.now();
  const started = await db.transaction(async (tx) => {
    const orders = await startPayments(tx, { orderIds, gateway: gateway.name, by }, policy, now);
    await reach("inside-payments-start");
    return orders;
  });
  await reach("after-payments-start");
  const unasked: bigint[] = [];
  const pay = async (order: Order) => {
    const { attempt } = await desk.pay(order);
    if (attempt?.state === "paid") soFar.paid += 1;
    else if (attempt?.failure === "not_sent") unasked.push(order.orderId);
    else if (attempt?.state === "failed") soFar.declined += 1;
    else soFar.unknown += 1;
  };
  await Promise.all(started.map(pay));
  return unasked;
}
