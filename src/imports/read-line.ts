import type { OrderDraft } from "../orders/index.ts";
import { faultOf } from "./fault.ts";
import type { Field } from "./import-options.ts";
import { columnOf, type Layout, textOf } from "./layout.ts";
import { parseNumber } from "./numerals.ts";
import { cellFault, type Money, numberAdvice, readAmount, readRate } from "./read-amounts.ts";
import type { RowFault } from "./reading.ts";

type DraftItem = OrderDraft["items"][number];

/** What a row says of its line. */
export interface LineReading {
  /** Null when something is wrong, or the line is left out. */
  readonly item: DraftItem | null;
  readonly faults: readonly RowFault[];
  /** Left out by a declared policy. */
  readonly dropped: boolean;
}

/** Reads the line of a row. Without money, when the currency is not known, its amounts are not looked at. */
export function readLine(layout: Layout, cells: readonly string[], money: Money | null): LineReading {
  const faults: RowFault[] = [];
  const quantity = readQuantity(layout, cells, faults);
  if (quantity === "dropped") return { item: null, faults: [], dropped: true };
  const sku = textOf(layout, cells, "sku");
  const productName = readProduct(layout, cells, { sku, faults });
  const amounts = money === null ? null : readLineAmounts(layout, cells, { money, quantity: quantity ?? 1, faults });
  if (faults.length > 0 || quantity === null || amounts === null) return { item: null, faults, dropped: false };
  const item: DraftItem = { product_name: productName, quantity, ...amounts };
  if (sku !== "") item.sku = sku;
  return { item, faults, dropped: false };
}

const whole = /^-?\d{1,15}$/; // More digits are not exact in a JSON number, and no quantity.

function readQuantity(layout: Layout, cells: readonly string[], faults: RowFault[]): number | "dropped" | null {
  const text = textOf(layout, cells, "quantity");
  const written = { field: "quantity", text } as const;
  if (text === "") {
    const column = columnOf(layout, "quantity");
    faults.push(faultOf("quantity_missing", column, null, `"${column}" is empty. Write how many were ordered.`));
    return null;
  }
  const number = parseNumber(text, layout.locale);
  if (number === undefined || !whole.test(number)) {
    faults.push(
      cellFault(layout, written, "quantity_invalid", `, which is no whole number. ${numberAdvice(layout, "3")}`),
    );
    return null;
  }
  const quantity = Number(number);
  if (quantity > 0) return quantity;
  if (quantity < 0 && layout.options.negative_quantity === "drop_line") return "dropped";
  const code = quantity < 0 ? "quantity_negative" : "quantity_zero";
  const how = quantity < 0 ? ", remove the row, or import with `negative_quantity: drop_line`" : ", or remove the row";
  faults.push(cellFault(layout, written, code, `; it must be 1 at least. Correct it${how}.`));
  return null;
}

interface ProductGiven {
  readonly sku: string;
  readonly faults: RowFault[];
}

/** The product's name; in a file without such a column the SKU is its name. */
function readProduct(layout: Layout, cells: readonly string[], { sku, faults }: ProductGiven): string {
  const column = columnOf(layout, "product_name");
  const name = column === null ? sku : textOf(layout, cells, "product_name");
  if (name === "") {
    const empty = column ?? columnOf(layout, "sku");
    faults.push(faultOf("product_missing", empty, null, `"${empty}" is empty. Write what was sold.`));
  }
  return name;
}

interface LineGiven {
  readonly money: Money;
  readonly quantity: number;
  readonly faults: RowFault[];
}

type LineAmounts = Pick<DraftItem, "unit_price" | "discount_amount" | "tax_amount" | "line_total">;

function readLineAmounts(layout: Layout, cells: readonly string[], given: LineGiven): LineAmounts | null {
  const price = readPart(layout, cells, { ...given, field: "unit_price" });
  const zero = price === 0 && layout.options.zero_price === "reject";
  if (textOf(layout, cells, "unit_price") === "") given.faults.push(priceMissing(layout));
  if (zero) given.faults.push(priceZero(layout, cells));
  if (price === null) return null;

  const amounts: LineAmounts = { unit_price: price };
  const discount = readDiscount(layout, cells, { ...given, price });
  const tax = layout.options.tax === "included" ? null : readPart(layout, cells, { ...given, field: "line_tax" });
  const total = readPart(layout, cells, { ...given, field: "line_total" });
  if (discount > 0) amounts.discount_amount = discount;
  if (tax !== null && tax > 0) amounts.tax_amount = tax;
  if (total !== null) amounts.line_total = total;
  return amounts;
}

/** An amount; null when the cell is empty, or wrong. */
function readPart(
  layout: Layout,
  cells: readonly string[],
  given: LineGiven & { readonly field: Field },
): number | null {
  const { field, money, faults } = given;
  const text = textOf(layout, cells, field);
  if (text === "") return null;
  const amount = readAmount(layout, { field, text }, money);
  if (typeof amount === "number") return amount;
  faults.push(amount);
  return null;
}

type PricedLine = LineGiven & { readonly price: number };

function readDiscount(layout: Layout, cells: readonly string[], given: PricedLine): number {
  const discount = readPart(layout, cells, { ...given, field: "line_discount" }) ?? 0;
  const rated = readRated(layout, cells, given);
  if (discount > 0 && rated > 0) given.faults.push(discountTwice(layout, cells));
  return discount + rated;
}

/** The discount that a rate gives. */
function readRated(layout: Layout, cells: readonly string[], given: PricedLine): number {
  const text = textOf(layout, cells, "line_discount_rate");
  if (text === "") return 0;
  const rated = readRate(layout, { field: "line_discount_rate", text }, BigInt(given.price) * BigInt(given.quantity));
  if (typeof rated === "number") return rated;
  given.faults.push(rated);
  return 0;
}

function priceMissing(layout: Layout): RowFault {
  const column = columnOf(layout, "unit_price");
  return faultOf("price_missing", column, null, `"${column}" is empty. Write what one costs.`);
}

function priceZero(layout: Layout, cells: readonly string[]): RowFault {
  const rest = ". Write what one costs, or import with `zero_price: accept`.";
  return cellFault(layout, { field: "unit_price", text: textOf(layout, cells, "unit_price") }, "price_zero", rest);
}

function discountTwice(layout: Layout, cells: readonly string[]): RowFault {
  const rest = `, and "${columnOf(layout, "line_discount_rate")}" gives one too. Map one of them to \`ignore\`.`;
  return cellFault(
    layout,
    { field: "line_discount", text: textOf(layout, cells, "line_discount") },
    "discount_twice",
    rest,
  );
}
