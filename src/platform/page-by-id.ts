import type { IdPage } from "./filter-rows.ts";
import { isUuid } from "./ids.ts";
import { cursorUnknown } from "./page-errors.ts";
import type { Value } from "./statements.ts";

const mostId = 2n ** 63n - 1n; // Above every id: a list without a cursor begins at the newest.
const mostUuid = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const idShape = /^[1-9]\d{0,18}$/;

/** Reads an id as the database counts it, or undefined when nothing can have it. */
export function parseId(text: string): bigint | undefined {
  if (!idShape.test(text)) return undefined;
  const id = BigInt(text);
  return id > mostId ? undefined : id;
}

/** What a list is asked for: how many, and after which page. */
export interface PageWanted {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<Row> {
  readonly rows: Row[];
  /** Gives the next page; null on the last. */
  readonly nextCursor: string | null;
}

/** What ids of a list are like. */
interface Ids<Id> {
  readonly most: Id;
  parse(text: string): Id | undefined;
}

const numbers: Ids<bigint> = { most: mostId, parse: parseId };
/** UUIDs of version 7 sort by the time at which they were made. */
const uuids: Ids<string> = { most: mostUuid, parse: (text) => (isUuid(text) ? text : undefined) };

/**
 * A page of a list that runs from the newest id down. It costs the same wherever it is, since it begins after an id.
 * @throws list.cursor_unknown
 */
export function pageById<Row>(
  wanted: PageWanted,
  idOf: (row: Row) => bigint,
  select: (page: IdPage) => Promise<Row[]>,
): Promise<Page<Row>> {
  return pageBefore(numbers, wanted, idOf, select);
}

/**
 * As `pageById`, for rows that a UUID names.
 * @throws list.cursor_unknown
 */
export function pageByUuid<Row>(
  wanted: PageWanted,
  idOf: (row: Row) => string,
  select: (page: IdPage<string>) => Promise<Row[]>,
): Promise<Page<Row>> {
  return pageBefore(uuids, wanted, idOf, select);
}

/** @throws list.cursor_unknown */
async function pageBefore<Id extends Value, Row>(
  ids: Ids<Id>,
  { limit, cursor }: PageWanted,
  idOf: (row: Row) => Id,
  select: (page: IdPage<Id>) => Promise<Row[]>,
): Promise<Page<Row>> {
  const before = cursor === undefined ? ids.most : ids.parse(Buffer.from(cursor, "base64url").toString("latin1"));
  if (before === undefined) throw cursorUnknown({});
  // One more than is shown tells whether there is a next page.
  const found = await select({ before, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const more = found.length > limit && last !== undefined;
  return { rows, nextCursor: more ? Buffer.from(String(idOf(last))).toString("base64url") : null };
}
