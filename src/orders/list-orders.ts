import type { Sql } from "../platform/db.ts";
import type { Page, PageWanted } from "../platform/page-by-id.ts";
import { orderStatuses } from "./order.ts";
import { cursorBehind, parseCursor, type SortKey } from "./order-cursor.ts";
import {
  findAmountBehind,
  findDateBehind,
  type KeyRange,
  type ListedOrder,
  listAll,
  listOfAmounts,
  listOfBatch,
  listOfCurrency,
  listOfImport,
  listOfReference,
  listOfStatuses,
  listOfWords,
  type OrderConditions,
  type OrderSort,
  type SortDirection,
} from "./order-list-queries.ts";
import { addressWord, exactWord, queryOfWords } from "./words.ts";

/** What a list of orders is asked for. Whoever sorts by amount asks for one currency. */
export interface OrderListing {
  readonly conditions: OrderConditions;
  readonly sort: OrderSort;
  readonly direction: SortDirection;
}

export interface OrderPageWanted extends PageWanted {
  /** How many orders are looked through before rare ones are looked up. */
  readonly walked?: number;
}

/** A way through the orders of a range of keys, in their order. */
type Way = (sql: Sql, range: KeyRange, limit: number) => Promise<ListedOrder[]>;

/**
 * How many orders are looked through one by one for what no index has in order. Whatever one in a hundred orders has is
 * found there; of what is rarer few are left for the index that finds it and has to sort it (2026-11: 2 ms).
 */
const walkedFirst = 2_000;

const mostKey = (2n ** 63n - 1n).toString();

function wholeRange({ conditions, sort }: OrderListing): KeyRange {
  const { createdFrom, createdTo, amountMin, amountMax } = conditions;
  const [lowKey, highKey] =
    sort === "date"
      ? [createdFrom?.toISOString() ?? "-infinity", createdTo?.toISOString() ?? "infinity"]
      : [(amountMin ?? 0n).toString(), amountMax === null ? mostKey : (amountMax + 1n).toString()];
  return { lowKey, lowId: 0n, highKey, highId: 0n }; // Ids begin with 1: the low key is within, the high one is not.
}

function behind(range: KeyRange, { key, orderId }: SortKey, direction: SortDirection): KeyRange {
  return direction === "desc" ? { ...range, highKey: key, highId: orderId } : { ...range, lowKey: key, lowId: orderId };
}

function asFarAs(range: KeyRange, { key, orderId }: SortKey, direction: SortDirection): KeyRange {
  return direction === "desc"
    ? { ...range, lowKey: key, lowId: orderId - 1n }
    : { ...range, highKey: key, highId: orderId + 1n };
}

/** The way of an index that has few orders for what is asked, if there is one. */
function wayOfFew(listing: OrderListing): Way | undefined {
  const { conditions } = listing;
  const { externalReference, batchId, importId, statuses } = conditions;
  if (externalReference !== null)
    return (sql, range, limit) => listOfReference(listing)(sql, { ...conditions, ...range, externalReference, limit });
  if (batchId !== null)
    return (sql, range, limit) => listOfBatch(listing)(sql, { ...conditions, ...range, batchId, limit });
  if (importId === null) return undefined;
  const walked = statuses ?? [...orderStatuses];
  return (sql, range, limit) => listOfImport(listing)(sql, { ...conditions, ...range, importId, walked, limit });
}

/** The way along an index that has all orders in the order wanted. */
function wayOfAll(listing: OrderListing): Way {
  const { conditions, sort } = listing;
  const { statuses: walked, currency } = conditions;
  if (sort === "amount")
    return (sql, range, limit) =>
      listOfCurrency(listing)(sql, { ...conditions, ...range, walkedCurrency: currency ?? "", limit });
  if (walked === null) return (sql, range, limit) => listAll(listing)(sql, { ...conditions, ...range, limit });
  return (sql, range, limit) => listOfStatuses(listing)(sql, { ...conditions, ...range, walked, limit });
}

/** The words that only what is asked for has; undefined when nothing is asked for that the search knows. */
function termsOf({ conditions, sort }: OrderListing): string | undefined {
  const { tellingWords, email, source, csvSource, currency, amountMin, amountMax } = conditions;
  const exact = [
    ...(email === null ? [] : [addressWord(email)]),
    ...(source === null ? [] : [exactWord("source", source)]),
    ...(csvSource === null ? [] : [exactWord("file", csvSource)]),
  ];
  const isInOrder = sort === "amount" || amountMin !== null || amountMax !== null; // The amounts' index is better.
  if (exact.length === 0 && tellingWords === null && (currency === null || isInOrder)) return undefined;
  if (currency !== null) exact.push(exactWord("currency", currency));
  return [queryOfWords(exact), tellingWords ?? undefined].filter((query) => query !== undefined).join(" & ");
}

/** The way of an index that finds what is rare, and has to sort it. */
function wayOfRare(listing: OrderListing): Way | undefined {
  const { conditions, sort } = listing;
  const { currency, amountMin, amountMax } = conditions;
  const terms = termsOf(listing);
  if (terms !== undefined)
    return (sql, range, limit) => listOfWords(listing)(sql, { ...conditions, ...range, terms, limit });
  if (sort === "amount" || currency === null || (amountMin ?? amountMax) === null) return undefined;
  const walked = { walkedCurrency: currency, walkedMin: amountMin ?? 0n, walkedMax: amountMax ?? BigInt(mostKey) };
  return (sql, range, limit) => listOfAmounts(listing)(sql, { ...conditions, ...range, ...walked, limit });
}

async function endOfFirstWalk(
  sql: Sql,
  listing: OrderListing,
  range: KeyRange,
  skip: number,
): Promise<SortKey | undefined> {
  const { sort, direction, conditions } = listing;
  const walk = { ...range, skip };
  if (sort === "date") return findDateBehind(direction)(sql, walk);
  return findAmountBehind(direction)(sql, { ...walk, walkedCurrency: conditions.currency ?? "" });
}

async function findInRange(
  sql: Sql,
  listing: OrderListing,
  range: KeyRange,
  { limit, walked }: { limit: number; walked: number },
): Promise<ListedOrder[]> {
  const few = wayOfFew(listing);
  if (few) return few(sql, range, limit);
  const all = wayOfAll(listing);
  const rare = wayOfRare(listing);
  const end = rare && (await endOfFirstWalk(sql, listing, range, walked));
  if (!rare || !end) return all(sql, range, limit);
  const { direction } = listing;
  const near = await all(sql, asFarAs(range, end, direction), limit);
  if (near.length >= limit) return near;
  return [...near, ...(await rare(sql, behind(range, end, direction), limit - near.length))];
}

function keyOf({ sort }: OrderListing, order: ListedOrder): SortKey {
  const { orderId, createdKey, totalMinor } = order;
  return { key: sort === "date" ? createdKey : totalMinor.toString(), orderId };
}

/**
 * A page of orders. It costs the same wherever it is, and one that arrives meanwhile neither moves nor doubles another.
 * What is searched for, and what is sorted by amount, is complete a moment after an order was placed.
 * @throws list.cursor_unknown
 */
export async function listOrderPage(
  sql: Sql,
  listing: OrderListing,
  { limit, cursor, walked = walkedFirst }: OrderPageWanted,
): Promise<Page<ListedOrder>> {
  const range = wholeRange(listing);
  const rest = cursor === undefined ? range : behind(range, parseCursor(listing, cursor), listing.direction);
  // One more than is shown tells whether there is a next page.
  const found = await findInRange(sql, listing, rest, { limit: limit + 1, walked });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const more = found.length > limit && last !== undefined;
  return { rows, nextCursor: more ? cursorBehind(listing, keyOf(listing, last)) : null };
}
