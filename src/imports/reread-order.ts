import type { ImportOptions } from "./import-options.ts";
import { type CellRow, layoutOf } from "./layout.ts";
import { readJsonOrder } from "./read-json-order.ts";
import { rowsOf } from "./read-orders.ts";
import type { FilePlan, ReadOrder, ReadRow } from "./reading.ts";
import { isCutRow, type RawRow, RowSplitter } from "./split-rows.ts";
import { understandOrder } from "./understand-order.ts";

/** Understands rows of one order that were read before, put together in the order of the file. At least one. */
export function rereadOrder(
  plan: FilePlan,
  options: ImportOptions,
  rows: readonly Pick<ReadRow, "rowNo" | "line" | "raw">[],
): ReadOrder {
  const layout = layoutOf(plan, options);
  const raw = rows.map((row) => splitAgain(plan, row));
  const cellRows: CellRow[] = rowsOf(layout, raw, 0).map((row, index) => ({ ...row, rowNo: rows[index]?.rowNo ?? 0 }));
  const [only] = cellRows;
  if (plan.format === "ndjson" && only !== undefined) return readJsonOrder(layout, only);
  return understandOrder(layout, cellRows, false);
}

function splitAgain({ delimiter, format }: FilePlan, { line, raw }: Pick<ReadRow, "line" | "raw">): RawRow {
  if (isCutRow(raw)) return { line, raw, quoted: true, broken: "row_too_long" };
  if (format === "ndjson") return { line, raw, quoted: false, broken: null };
  const splitter = new RowSplitter(delimiter);
  splitter.push(raw);
  splitter.end();
  const row = splitter.next();
  // A row that was broken is one line of the file; it breaks at the same place again.
  return row === undefined ? { line, raw, quoted: false, broken: null } : { ...row, line, raw };
}
