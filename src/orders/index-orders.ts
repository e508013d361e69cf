import { setImmediate as yieldTurn } from "node:timers/promises";
import { findBegunStreams } from "../events/index.ts";
import type { Db } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import { orderNumber } from "./number.ts";
import {
  findSearchedItems,
  findSearchedOrders,
  findSearchMark,
  insertSearched,
  moveSearchMark,
  type SearchedOrder,
} from "./order-search-queries.ts";
import { exactWord, wordsOf } from "./words.ts";

export const positionsAtOnce = 1_000; // A fifth of them are new orders; few enough that a piece is done in some ten milliseconds.
const longestTurnTextLength = 50_000; // Letters that are taken apart before others get their turn: five milliseconds.

interface Indexed {
  readonly orderId: bigint;
  readonly words: string;
}

function textsOf(order: SearchedOrder, items: { skus: string[]; productNames: string[] } | undefined): string[] {
  const { externalReference, customerReference, customerEmail, customerName } = order;
  const number = orderNumber(order.orderId).slice("ORD-".length);
  const known = [number, externalReference, customerEmail, customerName, customerReference];
  return [...known.flatMap((text) => text ?? []), ...(items?.skus ?? []), ...(items?.productNames ?? [])];
}

function exactOf({ currency, source, csvSource }: SearchedOrder): string[] {
  return [
    exactWord("currency", currency),
    ...(source === null ? [] : [exactWord("source", source)]),
    ...(csvSource === null ? [] : [exactWord("file", csvSource)]),
  ];
}

async function takeApart(db: Db, orderIds: bigint[]): Promise<Indexed[]> {
  const [orders, lines] = await Promise.all([
    findSearchedOrders(db, { orderIds }),
    findSearchedItems(db, { orderIds }),
  ]);
  const items = new Map(lines.map((line) => [line.orderId, line]));
  const indexed: Indexed[] = [];
  let length = 0;
  for (const order of orders) {
    const texts = textsOf(order, items.get(order.orderId));
    indexed.push({ orderId: order.orderId, words: wordsOf(texts, exactOf(order)).join(" ") });
    length += texts.reduce((sum, text) => sum + text.length, 0);
    if (length > longestTurnTextLength) {
      await yieldTurn();
      length = 0;
    }
  }
  return indexed;
}

/**
 * Makes the orders on the next piece of the feed found by their words and amounts, and answers how many positions the
 * piece had: 0 at the end. The mark moves with the rows, so a piece that was cut off is done again, and of two at once
 * one does nothing.
 */
export async function indexOrders(db: Db): Promise<number> {
  const { position } = await findSearchMark(db, {});
  const page = { streamKind: "order", after: position, limit: positionsAtOnce } as const;
  const { streamIds, through, positions } = await findBegunStreams(db, page);
  if (positions === 0n) return 0;
  const rows = await takeApart(db, streamIds);
  await db.transaction(async (tx) => {
    if ((await moveSearchMark(tx, { from: position, to: through })) === 0 || rows.length === 0) return;
    await insertSearched(tx, columnsOf(rows, { orderIds: ({ orderId }) => orderId, words: ({ words }) => words }));
  });
  return Number(positions);
}
