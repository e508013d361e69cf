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

/** Amounts that files have for orders and for lines by the same names: to which they belong is for the mapping to say. */
const ambiguous: ReadonlyMap<Field, Field> = new Map([
  ["order_discount", "line_discount"],
  ["order_tax", "line_tax"],
]);
const isSome = /[1-9１-９]/;

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
    disagreements.push(...repeatsOf(layout, field, said));
  }
  return { values, disagreements };
}

/** What is wrong with a value that rows of an order repeat. */
function repeatsOf(layout: Layout, field: Field, [first, ...others]: readonly OrderValue[]): Disagreement[] {
  const [second] = others;
  if (first === undefined || second === undefined) return [];
  const wrong = others
    .filter(({ text }) => text !== first.text)
    .map((value) => ({ row: value.row, fault: disagreementOf(layout, field, { first, ...value }) }));
  if (wrong.length > 0 || !isSome.test(first.text) || !isAmbiguous(layout, field, [first, ...others])) return wrong;
  return [{ row: second.row, fault: ambiguityOf(layout, field, second.text) }];
}

/**
 * Whether an amount that stands on several rows may be each line's own: its column is known by such a name alone, and no
 * total says what the order comes to.
 */
function isAmbiguous(layout: Layout, field: Field, said: readonly OrderValue[]): boolean {
  const { dialect, columns } = layout.plan;
  if (dialect !== "plain" || !ambiguous.has(field) || columns[layout.at.get(field) ?? -1]?.recognized !== true)
    return false;
  return said.every(({ row }) => textAt(layout, row.cells, layout.at.get("order_total")) === "");
}

function ambiguityOf(layout: Layout, field: Field, text: string): RowFault {
  const column = columnOf(layout, field);
  const here = `"${column}" stands on several rows of the order, and may be the order's or each line's.`;
  const choice = `Say in the mapping that it is ${field} or ${ambiguous.get(field)}`;
  return faultOf("amount_ambiguous", column, text, `${here} ${choice}, or add a column with the order's total.`);
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
