import type { ImportOptions } from "./import-options.ts";
import type { FilePlan, ReadOrder, ReadRow } from "./reading.ts";

/** Understands rows of one order that were read before, put together. */
export function rereadOrder(
  _plan: FilePlan,
  _options: ImportOptions,
  _rows: readonly Pick<ReadRow, "rowNo" | "line" | "raw">[],
): ReadOrder {
  throw new Error("Not there yet.");
}
