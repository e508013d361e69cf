import type { Sql } from "../platform/db.ts";
import type { Page, PageWanted } from "../platform/page-by-id.ts";
import { cursorUnknown } from "../platform/page-errors.ts";
import { type Import, type ImportRowStatus, longestTextShown } from "./import.ts";
import {
  type ImportRow,
  listDroppedRows,
  listExceptionalRows,
  listPendingRows,
  listPlacedRows,
  listRows,
  type RowPage,
} from "./import-row-queries.ts";
import { mostRowsOfOrder } from "./reading.ts";
import { longestRow } from "./split-rows.ts";

const numberShape = /^\d{1,9}$/;

/**
 * Rows of an import with what became of them, in the order of the file.
 * @throws list.cursor_unknown
 */
export async function listImportRows(
  sql: Sql,
  given: Import,
  { status, limit, cursor }: PageWanted & { status?: ImportRowStatus | undefined },
): Promise<Page<ImportRow>> {
  const after = cursor === undefined ? 0 : parseRowNo(cursor);
  // One more than is shown tells whether there is a next page.
  const wanted = limit + 1;
  const found: ImportRow[] = [];
  const asked = { status, after, atOnce: wanted, characters: longestTextShown + 1 };
  for await (const rows of eachRowOf(sql, given, asked)) {
    found.push(...rows);
    if (found.length >= wanted) break;
  }
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, nextCursor: found.length > limit && last ? cursorOf(last) : null };
}

const rejectedAtOnce = 500;

/**
 * Every row of orders that were rejected, without dropped ones, in the order of the file: so many at a time, so that
 * whoever takes them slowly holds nothing of the database.
 */
export function eachRejectedRow(sql: Sql, given: Import): AsyncGenerator<readonly ImportRow[]> {
  return eachRowOf(sql, given, { status: "rejected", after: 0, atOnce: rejectedAtOnce, characters: longestRow });
}

interface Wanted {
  readonly status: ImportRowStatus | undefined;
  readonly after: number;
  readonly atOnce: number;
  /** Of each text. */
  readonly characters: number;
}

const bytesAtOnce = 4_194_304; // Rows have a hundred bytes mostly, and a megabyte some.

/** Few are looked through in vain where rows of a status are rare; no more are read than fill a page where they are not. */
const firstRange = 1_000;
const widestRange = 64_000;

/** Rows of a status, from range to range of the file: wider ones while nothing is found. */
async function* eachRowOf(sql: Sql, given: Import, wanted: Wanted): AsyncGenerator<readonly ImportRow[]> {
  const { importId, rowsRead } = given;
  if (countOf(given, wanted.status) === 0) return;
  let { after } = wanted;
  for (let range = firstRange; after < rowsRead; ) {
    const to = after + range;
    const bounds = { limit: wanted.atOnce, bytes: bytesAtOnce, characters: wanted.characters };
    const rows = await select(sql, wanted.status, { importId, after, to, ...bounds });
    const last = rows.at(-1);
    if (last) yield rows;
    else range = Math.min(range * 2, widestRange);
    after = last ? last.rowNo : to;
  }
}

function select(sql: Sql, status: ImportRowStatus | undefined, page: RowPage): Promise<ImportRow[]> {
  switch (status) {
    case undefined:
      return listRows(sql, page);
    case "placed":
      return listPlacedRows(sql, page);
    case "pending":
      return listPendingRows(sql, page);
    case "dropped":
      return listDroppedRows(sql, page);
    default:
      return listExceptionalRows(sql, { ...page, exception: status, mostRows: mostRowsOfOrder });
  }
}

/** How many rows there are of a status: where there are none the whole file would be looked through in vain. */
function countOf(given: Import, status: ImportRowStatus | undefined): number {
  const { rowsRead, rowsDropped, rowsPlaced, rowsRejected, rowsDuplicate } = given;
  if (status === undefined) return rowsRead;
  const counts = { dropped: rowsDropped, placed: rowsPlaced, rejected: rowsRejected, duplicate: rowsDuplicate };
  return status === "pending" ? rowsRead - rowsDropped - rowsPlaced - rowsRejected - rowsDuplicate : counts[status];
}

function cursorOf({ rowNo }: ImportRow): string {
  return Buffer.from(rowNo.toString()).toString("base64url");
}

/** @throws list.cursor_unknown */
function parseRowNo(cursor: string): number {
  const text = Buffer.from(cursor, "base64url").toString("latin1");
  if (!numberShape.test(text)) throw cursorUnknown({});
  return Number(text);
}
