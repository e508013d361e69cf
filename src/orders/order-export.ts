import { stringify } from "csv-stringify/sync";
import type { Capture } from "../payments/index.ts";
import { exponentOf } from "../platform/money.ts";
import { orderNumber } from "./number.ts";
import type { OrderItem } from "./order.ts";
import type { ListedOrder } from "./order-list-queries.ts";

/** An order with all that a file shows of it. */
export interface ExportedOrder extends ListedOrder {
  readonly items: readonly OrderItem[];
  readonly capture: Capture | undefined;
}

type Cell = (order: ExportedOrder, item: OrderItem) => string | bigint | number | null;

/** Writes minor units as a decimal in major units with all of the currency's decimals: `179600`, `0.30`, `1.234`. */
function amountText(minor: bigint, currency: string): string {
  const exponent = exponentOf(currency) ?? 0;
  const digits = minor.toString().padStart(exponent + 1, "0");
  const point = digits.length - exponent;
  return exponent === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
}

const ofOrder =
  (minor: (order: ExportedOrder) => bigint): Cell =>
  (order) =>
    amountText(minor(order), order.currency);
const ofLine =
  (minor: (item: OrderItem) => bigint): Cell =>
  (order, item) =>
    amountText(minor(item), order.currency);
const timeText = (time: Date | null | undefined) => time?.toISOString() ?? null;

/** The columns of the file, in their order; those of the order are the same in each of its rows. */
const columns: Readonly<Record<string, Cell>> = {
  order_uuid: ({ uid }) => uid,
  order_number: ({ orderId }) => orderNumber(orderId),
  source: ({ source }) => source,
  external_reference: ({ externalReference }) => externalReference,
  status: ({ status }) => status,
  created_at: ({ createdAt }) => timeText(createdAt),
  ordered_at: ({ orderedAt }) => timeText(orderedAt),
  customer_email: ({ customerEmail }) => customerEmail,
  customer_name: ({ customerName }) => customerName,
  customer_reference: ({ customerReference }) => customerReference,
  locale: ({ locale }) => locale,
  currency: ({ currency }) => currency,
  line: (_, { line }) => line,
  sku: (_, { sku }) => sku,
  product_name: (_, { productName }) => productName,
  quantity: (_, { quantity }) => quantity,
  unit_price: ofLine(({ unitPriceMinor }) => unitPriceMinor),
  line_discount: ofLine(({ discountMinor }) => discountMinor),
  line_tax: ofLine(({ taxMinor }) => taxMinor),
  line_total: ofLine(({ lineTotalMinor }) => lineTotalMinor),
  order_discount: ofOrder(({ discountMinor }) => discountMinor),
  order_tax: ofOrder(({ taxMinor }) => taxMinor),
  shipping: ofOrder(({ shippingMinor }) => shippingMinor),
  order_total: ofOrder(({ totalMinor }) => totalMinor),
  captured: ofOrder(({ capturedMinor }) => capturedMinor),
  refunded: ofOrder(({ refundedMinor }) => refundedMinor),
  paid_at: ({ capture }) => timeText(capture?.paidAt),
  payment_reference: ({ capture }) => capture?.reference ?? null,
  import_id: ({ importId }) => importId,
  import_row: ({ importRow }) => importRow,
  csv_source: ({ csvSource }) => csvSource,
  batch_id: ({ batchId }) => batchId,
};

export const exportColumns: readonly string[] = Object.keys(columns);

/** What a spreadsheet would take for a formula, defused or not. Source: ASVS 5.0, 1.2.10. */
const formula = /^'*[=+\-@\t\r]/;

/**
 * A text that no spreadsheet calculates: one more ' stands before what could begin a formula. Whoever takes one away
 * where a formula stands behind it has the text again, whatever it was.
 */
function defused(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

// Of the two characters that end a line the stringifier knows only the pair.
const format = { record_delimiter: "\r\n", quoted_match: /[\r\n]/ } as const;

export function headerText(): string {
  return stringify([exportColumns], format);
}

/** The rows of a part of an order's items, as text. */
export function rowsText(order: ExportedOrder, items: readonly OrderItem[]): string {
  const cells = Object.values(columns);
  return stringify(
    items.map((item) => cells.map((cell) => defused(String(cell(order, item) ?? "")))),
    format,
  );
}
