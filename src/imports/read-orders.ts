import { setImmediate as breathe } from "node:timers/promises";
import { decodeText } from "./decode-text.ts";
import { type Fragment, RowGroups } from "./group-rows.ts";
import type { ImportOptions } from "./import-options.ts";
import { type CellRow, type Layout, layoutOf } from "./layout.ts";
import { readJsonOrder } from "./read-json-order.ts";
import type { FilePlan, ReadOrder } from "./reading.ts";
import { cellsOfRows, isDelimiterLine, type RawRow, RowSplitter } from "./split-rows.ts";
import { understandOrder } from "./understand-order.ts";

const beforeHeader = -1; // The header is no row.
const batchRows = 256; // About four milliseconds of work, after which others get their turn.

/**
 * Reads a file's orders in the order of their rows, those behind the row `from` alone, which is the last of a fragment
 * that was read before. The same file gives the same fragments however it comes and wherever reading begins again.
 * Holds a few thousand rows at most, whatever the file.
 */
export async function* readOrders(
  content: AsyncIterable<Buffer>,
  plan: FilePlan,
  options: ImportOptions,
  from: { readonly rowNo: number },
): AsyncGenerator<readonly ReadOrder[]> {
  const reading = new FileReading(layoutOf(plan, options), from.rowNo);
  for await (const text of decodeText(content, plan.encoding)) {
    reading.push(text);
    yield* batchesOf(reading);
  }
  reading.end();
  yield* batchesOf(reading);
  const last = reading.last();
  if (last.length > 0) yield last;
}

async function* batchesOf(reading: FileReading): AsyncGenerator<readonly ReadOrder[]> {
  for (let orders = reading.next(); orders !== undefined; orders = reading.next()) {
    if (orders.length > 0) yield orders;
    await breathe();
  }
}

class FileReading {
  readonly #layout: Layout;
  readonly #splitter: RowSplitter;
  readonly #groups: RowGroups;
  readonly #fromRow: number;
  #rowNo: number;

  constructor(layout: Layout, fromRow: number) {
    const isCsv = layout.plan.format === "csv";
    this.#layout = layout;
    this.#splitter = new RowSplitter(isCsv ? layout.plan.delimiter : null);
    this.#groups = new RowGroups(layout);
    this.#fromRow = fromRow;
    this.#rowNo = isCsv ? beforeHeader : 0;
  }

  push(text: string): void {
    this.#splitter.push(text);
  }

  end(): void {
    this.#splitter.end();
  }

  /** The orders that the next rows ended; undefined when all that was pushed is read. */
  next(): ReadOrder[] | undefined {
    const raw: RawRow[] = [];
    for (let row = this.#splitter.next(); row !== undefined; row = this.#splitter.next()) {
      if (this.#rowNo === beforeHeader && isDelimiterLine(row)) continue;
      this.#rowNo += 1;
      if (this.#rowNo > 0) raw.push(row);
      if (raw.length >= batchRows) break;
    }
    if (raw.length === 0) return undefined;
    const firstNo = this.#rowNo - raw.length + 1;
    const fragments = rowsOf(this.#layout, raw, firstNo).map((row) => this.#groups.push(row));
    return fragments.flatMap((fragment) => this.#understand(fragment));
  }

  /** The order of the last rows. */
  last(): ReadOrder[] {
    return this.#understand(this.#groups.end());
  }

  #understand(fragment: Fragment | undefined): ReadOrder[] {
    const last = fragment?.rows.at(-1);
    if (fragment === undefined || last === undefined || last.rowNo <= this.#fromRow) return [];
    if (this.#layout.plan.format === "ndjson") return [readJsonOrder(this.#layout, last)];
    return [understandOrder(this.#layout, fragment.rows, fragment.tooMany)];
  }
}

/** Rows in cells, numbered from a first one. */
export function rowsOf({ plan, width }: Layout, raw: readonly RawRow[], firstNo: number): CellRow[] {
  const cells = plan.format === "csv" ? cellsOfRows(raw, plan.delimiter, width + 1) : [];
  return raw.map((row, index) => ({
    rowNo: firstNo + index,
    line: row.line,
    raw: row.raw.includes("\0") ? row.raw.replaceAll("\0", "\ufffd") : row.raw, // PostgreSQL has no NUL in texts.
    cells: cells[index] ?? [],
    broken: row.broken,
  }));
}
