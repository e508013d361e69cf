import { faultOf, shorten } from "./fault.ts";
import type { Field } from "./import-options.ts";
import { type CellRow, columnOf, type Layout, textAt } from "./layout.ts";
import type { RowFault } from "./reading.ts";

/** What a row may say of its whole order. */
const orderFields: ReadonlySet<Field> = new Set<Field>([
  "order_reference",
  "order_uid",
  "source",
  "customer_email",
  "customer_name",
  "customer_reference",
  "locale",
  "currency",
  "ordered_at",
  "cancelled_at",
  "payment_status",
  "payment_reference",
  "paid_at",
  "order_refunded",
  "order_discount",
  "order_tax",
  "shipping",
  "order_total",
]);

/** A text that a row gave first, and which row that was. */
export interface OrderValue {
  readonly text: string;
  readonly row: CellRow;
}
export type OrderValues = ReadonlyMap<Field, OrderValue>;

/** What rows of one order say that does not fit together. */
export interface Disagreement {
  readonly row: CellRow;
  readonly fault: RowFault;
}

/**
 * What the rows say of their order, each value once: an amount that is repeated on every row is one amount, and an empty
 * cell says nothing.
 */
export function gatherValues(
  layout: Layout,
  rows: readonly CellRow[],
): { values: OrderValues; disagreements: readonly Disagreement[] } {
  const values = new Map<Field, OrderValue>();
  const disagreements: Disagreement[] = [];
  for (const [field, index] of layout.at) {
    if (!orderFields.has(field)) continue;
    const said = rows.map((row) => ({ text: textAt(layout, row.cells, index), row })).filter(({ text }) => text !== "");
    const [first] = said;
    if (first === undefined) continue;
    values.set(field, first);
    for (const value of said) {
      if (value.text === first.text) continue;
      disagreements.push({ row: value.row, fault: disagreementOf(layout, field, { first, ...value }) });
    }
  }
  return { values, disagreements };
}

function disagreementOf(
  layout: Layout,
  field: Field,
  { first, text, row }: OrderValue & { first: OrderValue },
): RowFault {
  const column = columnOf(layout, field);
  const here = `"${column}" is "${shorten(text)}" on line ${row.line} and "${shorten(first.text)}" on line ${first.row.line}`;
  const each = "If it differs from line to line, say so in the mapping.";
  return faultOf("values_disagree", column, text, `${here}. Rows of one order must say the same. ${each}`);
}
