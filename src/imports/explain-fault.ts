import type { OrderDraft } from "../orders/index.ts";
import type { Fault } from "../platform/errors.ts";
import { faultOf, type RowFaultCode, shorten } from "./fault.ts";
import type { Field } from "./import-options.ts";
import { columnOf, type Layout } from "./layout.ts";
import type { RowFault } from "./reading.ts";

interface Member {
  readonly field: Field;
  /** What a fault of its form is called, and one of money that does not add up. */
  readonly form: RowFaultCode;
  readonly sum: RowFaultCode;
}

function member(field: Field, form: RowFaultCode = "value_invalid", sum: RowFaultCode = form): Member {
  return { field, form, sum };
}

const ofOrder: Readonly<Record<string, Member>> = {
  external_reference: member("order_reference"),
  customer_email: member("customer_email", "email_invalid", "email_missing"),
  customer_name: member("customer_name"),
  customer_reference: member("customer_reference"),
  currency: member("currency", "currency_unknown"),
  ordered_at: member("ordered_at", "time_invalid"),
  paid_at: member("paid_at", "time_invalid"),
  payment_reference: member("payment_reference"),
  discount_amount: member("order_discount", "amount_too_large", "discount_too_large"),
  tax_amount: member("order_tax", "amount_too_large", "tax_disagrees"),
  shipping_amount: member("shipping", "amount_too_large"),
  total_amount: member("order_total", "amount_too_large", "total_disagrees"),
  items: member("unit_price", "value_invalid", "amount_too_large"),
};

const ofItem: Readonly<Record<string, Member>> = {
  sku: member("sku"),
  product_name: member("product_name"),
  quantity: member("quantity", "quantity_invalid"),
  unit_price: member("unit_price", "amount_too_large", "price_zero"),
  discount_amount: member("line_discount", "amount_too_large", "discount_too_large"),
  tax_amount: member("line_tax", "amount_too_large"),
  line_total: member("line_total", "amount_too_large", "line_total_disagrees"),
};

/** A fault of a draft, and the field and the item that it is about, if it is about one. */
interface ExplainedFault {
  readonly field: Field | null;
  readonly item: number | null;
  readonly fault: RowFault;
}

/** What a draft's fault is about, and what it is called: of its form, or of its money. */
function placeOf(
  { pointer }: Fault,
  kind: "form" | "sum",
): { item: number | null; field: Field | null; code: RowFaultCode } {
  const [, first = "", index, name] = pointer.split("/");
  const item = first === "items" && index !== undefined ? Number(index) : null;
  const found = item === null ? ofOrder[first] : name === undefined ? ofOrder.items : ofItem[name];
  return { item, field: found?.field ?? null, code: found?.[kind] ?? "value_invalid" };
}

/** Says of a draft's fault which column and value of the file it is, in the file's own unit. */
export function explainFault(
  fault: Fault,
  kind: "form" | "sum",
  given: {
    readonly layout: Layout;
    readonly exponent: number;
    readonly written: (field: Field, item: number | null) => string;
  },
): ExplainedFault {
  const { layout } = given;
  const { item, field: named, code } = placeOf(fault, kind);
  const isRated = named === "line_discount" && !layout.at.has("line_discount");
  const field = isRated ? "line_discount_rate" : named;
  const column = field === null ? null : columnOf(layout, field);
  const value = field === null || column === null ? null : given.written(field, item);
  const detail = kind === "sum" && money.has(code) ? inMajor(fault.detail, given.exponent) : fault.detail;
  return { field, item, fault: faultOf(code, column, value, sentenceOf(column, value, detail)) };
}

/** A sentence about what stands in a column; one that begins with what it says tells the value itself. */
function sentenceOf(column: string | null, value: string | null, detail: string): string {
  if (column === null || value === null) return detail;
  if (detail.startsWith("Says ")) return `"${column}" says${detail.slice("Says".length)} Correct it, or its parts.`;
  return `"${column}" is "${shorten(value)}". ${detail}`;
}

const money: ReadonlySet<RowFaultCode> = new Set<RowFaultCode>([
  "total_disagrees",
  "line_total_disagrees",
  "tax_disagrees",
  "discount_too_large",
]);

/** These sentences have no other numbers than minor units. */
function inMajor(sentence: string, exponent: number): string {
  if (exponent === 0) return sentence;
  return sentence.replace(/\d+/g, (digits) => {
    const padded = digits.padStart(exponent + 1, "0");
    return `${padded.slice(0, -exponent)}.${padded.slice(-exponent)}`;
  });
}

/** A fault of a draft that came as JSON: its place is a JSON pointer. */
export function faultOfJson(fault: Fault, draft: OrderDraft | null, kind: "form" | "sum"): RowFault {
  const { code } = placeOf(fault, kind);
  const path = fault.pointer.split("/").slice(1);
  const value = path.reduce<unknown>(
    (at, name) => (at as Record<string, unknown> | undefined)?.[name],
    draft ?? undefined,
  );
  const written = value === undefined || typeof value === "object" ? null : String(value);
  return faultOf(code, fault.pointer === "" ? null : fault.pointer, written, fault.detail);
}
