import { appendEvents } from "../events/index.ts";
import { saveProviderOrders, startProviderOrders } from "../fulfillment/index.ts";
import {
  recordMoney,
  requestRefunds,
  saveAttempts,
  saveRefunds,
  startAttempts,
  suspendMoney,
} from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { enqueue } from "../platform/jobs.ts";
import { columnsOf } from "../platform/statements.ts";
import { openTasks } from "../tasks/index.ts";
import type { Changes, PlacedOrigin } from "./changes.ts";
import type { Order, OrderWithItems } from "./order.ts";
import { insertItems, insertOrders, insertOrdersWithOrigin, insertStoreItems, updateOrders } from "./order-queries.ts";
import { freezeShopperOrders, insertShopperOrders } from "./shopper-order-queries.ts";

/**
 * Writes everything at once: the statements do not depend on each other's answers, so they travel together, and with
 * the commit when nothing follows. State, money, events and jobs stand or fall together. The caller holds the rows of
 * the orders that change.
 */
export function writeChanges(tx: Tx, changes: Changes): void {
  const { now } = changes;
  const placed = new Set(changes.placed.map((order) => order.orderId));
  const changed = [...changes.orders.values()].filter((order) => !placed.has(order.orderId));
  // An order placed in this transaction is inserted as it is at its end.
  const inserted = changes.placed.map(
    (order) => ({ ...order, ...changes.orders.get(order.orderId) }) as OrderWithItems,
  );
  tx.finish([
    ...placeRows(tx, inMeetingOrder(inserted, changes), changes),
    updateRows(tx, changed),
    writeShopperOrders(tx, changes),
    startAttempts(tx, changes.attemptsStarted),
    saveAttempts(tx, [...changes.attemptsSaved.values()], now),
    recordMoney(tx, changes.entries),
    requestRefunds(tx, changes.refunds, now),
    saveRefunds(tx, [...changes.refundsSaved.values()], now),
    startProviderOrders(tx, changes.partsStarted, now),
    saveProviderOrders(tx, changes.partsSaved, now),
    appendEvents(tx, changes.events),
    openTasks(tx, changes.tasks, now),
    suspendMoney(tx, changes.suspended, now),
    enqueue(tx, changes.jobs),
  ]);
}

function placeRows(tx: Tx, orders: readonly OrderWithItems[], changes: Changes): Promise<unknown>[] {
  if (orders.length === 0) return [];
  const linesOf = (some: readonly OrderWithItems[]) =>
    some.flatMap(({ orderId, items }) => items.map((item) => ({ ...item, orderId })));
  const written = [insertPlaced(tx, orders, changes)];
  if (changes.shopperOrders.length === 0) return [...written, insertItems(tx, linesOf(orders))];
  const [bought, others] = [orders.filter(wasCart), orders.filter((order) => !wasCart(order))];
  return [...written, insertItems(tx, linesOf(others)), insertStoreItems(tx, linesOf(bought))];
}

function wasCart({ cartId }: Order): boolean {
  return cartId !== null;
}

/** One that is paid already when it is placed is frozen from the start. */
async function writeShopperOrders(tx: Tx, { shopperOrders, frozen, now }: Changes): Promise<void> {
  if (shopperOrders.length > 0) {
    const paid = new Set(frozen);
    const rows = shopperOrders.map((row) => ({ ...row, frozenAt: paid.has(row.orderId) ? now : null }));
    await insertShopperOrders(tx, rows);
    return;
  }
  if (frozen.length > 0) await freezeShopperOrders(tx, { orderIds: frozen, now });
}

/** Whether an order has nothing but what every order has. */
function isPlain(order: Order, origin: PlacedOrigin | undefined): boolean {
  const isQuiet = !order.notify || order.payUntil !== null || order.capturedMinor !== 0n;
  return origin === undefined && !isQuiet && !wasCart(order);
}

/**
 * By what two transactions may meet at: one waits for the other there, and never each for the other. Most orders have
 * nothing of that and stay as they are.
 */
function inMeetingOrder(orders: readonly OrderWithItems[], { origins }: Changes): readonly OrderWithItems[] {
  if (origins.size === 0) return orders;
  const placeOf = (order: Order) => {
    const { externalReference = null, source = null } = origins.get(order.orderId) ?? {};
    return `${externalReference ?? ""}\n${source ?? ""}\n${order.uid}`;
  };
  const places = new Map(orders.map((order) => [order, placeOf(order)]));
  return orders.toSorted((one, other) => ((places.get(one) ?? "") < (places.get(other) ?? "") ? -1 : 1));
}

function insertPlaced(tx: Tx, orders: readonly OrderWithItems[], { origins }: Changes): Promise<number> {
  if (orders.every((order) => isPlain(order, origins.get(order.orderId)))) return insertOrders(tx, orders);
  const withOrigins = orders.map((order) => ({ ...order, ...origins.get(order.orderId) }));
  return insertOrdersWithOrigin(tx, withOrigins);
}

async function updateRows(tx: Tx, orders: readonly Order[]): Promise<void> {
  if (orders.length === 0) return;
  const columns = columnsOf(orders, {
    orderIds: (order) => order.orderId,
    statuses: (order) => order.status as string,
    capturedMinors: (order) => order.capturedMinor,
    refundingMinors: (order) => order.refundingMinor,
    refundedMinors: (order) => order.refundedMinor,
    chargedBackMinors: (order) => order.chargedBackMinor,
    attempts: (order) => order.attempts,
    refunds: (order) => order.refunds,
    lastSequences: (order) => order.lastSequence,
    expiresAts: (order) => order.expiresAt,
    updatedAts: (order) => order.updatedAt,
  });
  await updateOrders(tx, columns);
}
