import type { IdPage } from "./filter-rows.ts";
import { cursorUnknown } from "./page-errors.ts";

const mostId = 2n ** 63n - 1n; // Above every id: a list without a cursor begins at the newest.
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

/**
 * A page of a list that runs from the newest id down. It costs the same wherever it is, since it begins after an id.
 * @throws list.cursor_unknown
 */
export async function pageById<Row>(
  { limit, cursor }: PageWanted,
  idOf: (row: Row) => bigint,
  select: (page: IdPage) => Promise<Row[]>,
): Promise<Page<Row>> {
  const before = cursor === undefined ? mostId : parseId(Buffer.from(cursor, "base64url").toString("latin1"));
  if (before === undefined) throw cursorUnknown({});
  // One more than is shown tells whether there is a next page.
  const found = await select({ before, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const more = found.length > limit && last !== undefined;
  return { rows, nextCursor: more ? Buffer.from(idOf(last).toString()).toString("base64url") : null };
}
