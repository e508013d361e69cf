import type { Sql } from "../platform/db.ts";
import type { Page, PageWanted } from "../platform/page-by-id.ts";
import { cursorUnknown } from "../platform/page-errors.ts";
import type { Import, ImportRowStatus } from "./import.ts";
import {
  type ImportRow,
  listDroppedRows,
  listExceptionalRows,
  listPendingRows,
  listPlacedRows,
  listRows,
  type RowPage,
} from "./import-row-queries.ts";

/** A place in the file: a row, and the fragment of an order that it stands in. */
export interface RowPlace {
  readonly orderNo: number;
  readonly rowNo: number;
}

const start: RowPlace = { orderNo: 0, rowNo: 0 };
const placeShape = /^(\d{1,9})\.(\d{1,9})$/;

/**
 * Rows of an import with what became of them, in the order of the file.
 * @throws list.cursor_unknown
 */
export async function listImportRows(
  sql: Sql,
  given: Import,
  { status, limit, cursor }: PageWanted & { status?: ImportRowStatus | undefined },
): Promise<Page<ImportRow>> {
  const after = cursor === undefined ? start : parsePlace(cursor);
  // One more than is shown tells whether there is a next page.
  const page = { importId: given.importId, afterOrder: after.orderNo, afterRow: after.rowNo, limit: limit + 1 };
  const found = countOf(given, status) === 0 ? [] : await select(sql, status, page);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, nextCursor: found.length > limit && last ? cursorOf(last) : null };
}

/**
 * Every row of orders that were rejected, without dropped ones, in the order of the file: so many at a time, so that
 * whoever takes them slowly holds nothing of the database.
 */
export async function* eachRejectedRow(sql: Sql, given: Import): AsyncGenerator<readonly ImportRow[]> {
  let after = start;
  for (;;) {
    const { importId } = given;
    const page = { importId, afterOrder: after.orderNo, afterRow: after.rowNo, limit: rejectedAtOnce };
    const rows = await listExceptionalRows(sql, { ...page, exception: "rejected" });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last;
  }
}

const rejectedAtOnce = 500; // Rows are up to 1 MiB each, mostly a hundred bytes.

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
      return listExceptionalRows(sql, { ...page, exception: status });
  }
}

/** How many rows there are of a status: where there are none the whole file would be looked through in vain. */
function countOf(given: Import, status: ImportRowStatus | undefined): number {
  const { rowsRead, rowsDropped, rowsPlaced, rowsRejected, rowsDuplicate } = given;
  if (status === undefined) return rowsRead;
  const counts = { dropped: rowsDropped, placed: rowsPlaced, rejected: rowsRejected, duplicate: rowsDuplicate };
  return status === "pending" ? rowsRead - rowsDropped - rowsPlaced - rowsRejected - rowsDuplicate : counts[status];
}

function cursorOf({ orderNo, rowNo }: RowPlace): string {
  return Buffer.from(`${orderNo}.${rowNo}`).toString("base64url");
}

/** @throws list.cursor_unknown */
function parsePlace(cursor: string): RowPlace {
  const [, orderNo, rowNo] = placeShape.exec(Buffer.from(cursor, "base64url").toString("latin1")) ?? [];
  if (orderNo === undefined || rowNo === undefined) throw cursorUnknown({});
  return { orderNo: Number(orderNo), rowNo: Number(rowNo) };
}
