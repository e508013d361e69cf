import { setImmediate as yieldTurn } from "node:timers/promises";
import { findCapturesOfOrders } from "../payments/index.ts";
import type { Sql } from "../platform/db.ts";
import { listOrderPage, type OrderListing } from "./list-orders.ts";
import type { OrderItem } from "./order.ts";
import { type ExportedOrder, headerText, rowsText } from "./order-export.ts";
import type { ListedOrder, OrderConditions } from "./order-list-queries.ts";
import { findItems } from "./order-queries.ts";

const pageOrders = 200;
const readOrders = 20; // With a thousand items each they are ten megabytes, and no more is held at a time.
const rowsAtOnce = 250; // Written in a millisecond or two; then others get their turn.

/** A part of the file. */
export interface ExportedPart {
  readonly text: string;
  /** How many orders end with it. */
  readonly orders: number;
}

async function withItems(sql: Sql, orders: readonly ListedOrder[]): Promise<ExportedOrder[]> {
  const asked = { orderIds: orders.map(({ orderId }) => orderId) };
  const [lines, captures] = await Promise.all([findItems(sql, asked), findCapturesOfOrders(sql, asked)]);
  const items = Map.groupBy(lines, ({ orderId }) => orderId);
  const captured = new Map(captures.map((capture) => [capture.orderId, capture]));
  return orders.map((order) => ({
    ...order,
    items: items.get(order.orderId) ?? [],
    capture: captured.get(order.orderId),
  }));
}

function* piecesOf(items: readonly OrderItem[]): Generator<readonly OrderItem[]> {
  for (let from = 0; from < items.length; from += rowsAtOnce) yield items.slice(from, from + rowsAtOnce);
}

/** The rows of orders in parts that are written quickly. */
async function* partsOf(orders: readonly ExportedOrder[]): AsyncGenerator<ExportedPart> {
  let part = { text: "", orders: 0 };
  let rows = 0;
  for (const order of orders) {
    for (const piece of piecesOf(order.items)) {
      part.text += rowsText(order, piece);
      rows += piece.length;
      if (rows < rowsAtOnce) continue;
      yield part;
      await yieldTurn();
      part = { text: "", orders: 0 };
      rows = 0;
    }
    part.orders += 1;
  }
  yield part;
}

/**
 * The orders that are there at `now` as CSV, the oldest first, with one row for each item. Nothing is held between parts,
 * neither a transaction nor a connection: each page is as it was when it was read.
 */
export async function* exportOrders(
  sql: Sql,
  conditions: OrderConditions,
  now: Date,
): AsyncGenerator<ExportedPart, void, undefined> {
  // Else an export of a busy shop would run after the orders that arrive.
  const createdTo = conditions.createdTo && conditions.createdTo < now ? conditions.createdTo : now;
  const listing: OrderListing = { conditions: { ...conditions, createdTo }, sort: "date", direction: "asc" };
  let cursor: string | undefined;
  let isBegun = false;
  do {
    const page = await listOrderPage(sql, listing, { limit: pageOrders, cursor });
    // Not before a page was read: what goes wrong until then can be said in the answer.
    if (!isBegun) yield { text: headerText(), orders: 0 };
    isBegun = true;
    for (let from = 0; from < page.rows.length; from += readOrders) {
      yield* partsOf(await withItems(sql, page.rows.slice(from, from + readOrders)));
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
