import type { OrderDraft } from "../orders/index.ts";
import type { Field } from "./import-options.ts";

/** Why a row cannot be placed, said to the person who will correct it. */
export interface RowFault {
  /** The kind, for counting: `quantity_negative`, `total_disagrees` … */
  readonly code: string;
  /** The column as the file calls it; null when it is about the whole row. */
  readonly column: string | null;
  readonly value: string | null;
  /** What is wrong, and what to do. */
  readonly detail: string;
}

export interface ReadRow {
  /** Counted from 1, without the header. */
  readonly rowNo: number;
  /** The line of the file on which it begins, counted from 1. */
  readonly line: number;
  /** The row as it stands in the file, decoded, without the line's end. */
  readonly raw: string;
  readonly faults: readonly RowFault[];
  /** Left out by a declared policy: the row is not placed, its order may be. */
  readonly dropped: boolean;
}

/** As many items as an order may have; also the most rows that are kept as one fragment. */
export const mostRowsOfOrder = 1_000;

/**
 * Rows that stand together and belong to one order. Where the plan groups by reference, rows of the same order further
 * down are another fragment: those with one `uid`, or without one with one `reference`, are one order.
 */
export interface ReadOrder {
  readonly reference: string | null;
  /** Whose reference it is, when the file says so and the options do not; else the import's. */
  readonly source: string | null;
  /** At least one. */
  readonly rows: readonly ReadRow[];
  /** What will be placed; null when something is wrong or every row was dropped. */
  readonly draft: OrderDraft | null;
  /** The order's UUID, when the file is an export of ours. */
  readonly uid: string | null;
  /** Payments are recorded, and the file says that this order was not paid: it stays unpaid. */
  readonly unpaid: boolean;
}

/** How a file was understood: shown in the preview, and kept so that a later reading understands it the same way. */
export interface FilePlan {
  readonly format: "csv" | "ndjson";
  /** Of CSV: whose export it is. */
  readonly dialect: "plain" | "shopify" | "orderwell";
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be" | "shift_jis" | "windows-1252";
  readonly delimiter: string;
  /** The header row as it stands in the file; empty for NDJSON. */
  readonly header: string;
  readonly columns: readonly {
    readonly name: string;
    readonly field: Field;
    /** Its name told; else the mapping did, or nothing, and it is ignored. */
    readonly recognized: boolean;
  }[];
  readonly grouping: "by_reference" | "row_is_order";
}
