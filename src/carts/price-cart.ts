import { type Sellable, type TaxRate, type Translation, taxRateFor, translationFor } from "../catalog/index.ts";
import { mostMinor } from "../platform/money.ts";
import type { Cart, CartLine, CartWithLines } from "./cart.ts";
import { type PartAmounts, type Totals, taxOf, totalsOf } from "./totals.ts";

/** What a cart is priced by. */
export interface PriceBasis {
  /** The prices of its lines; those that are not in the catalogue any more are left out. */
  readonly sellables: readonly Sellable[];
  /** The taxes in force in the country where the bill goes. */
  readonly rates: readonly TaxRate[];
  /** ISO 3166-2, with the country before it or without. */
  readonly region: string | null;
  /** In which products are named, most liked first. */
  readonly languages: readonly string[];
}

/**
 * Why a cart with this line cannot be ordered. `withdrawn`: it is not sold any more, not in this currency, or not yet.
 * `recurring`: it is due again in each interval, and no checkout takes such a price. `worth_too_much`: with it the cart
 * would come to more than an order may.
 */
export type LineProblem = "withdrawn" | "recurring" | "worth_too_much";

export interface PricedLine extends CartLine {
  /** Null when the price is not in the catalogue any more. */
  readonly product: Sellable | null;
  readonly words: Translation | null;
  readonly rate: TaxRate | null;
  /** What one costs: of an open cart now, of one that was checked out then. Null when nobody knows any more. */
  readonly unitMinor: bigint | null;
  /** It costs something else than the shopper agreed to. */
  readonly priceChanged: boolean;
  readonly problem: LineProblem | null;
  /** Null when the line is not counted, as one that was withdrawn and one that is worth too much are not. */
  readonly amounts: PartAmounts | null;
}

/** A cart with all that its shopper is shown, and that an order of it is made from. */
export interface PricedCart extends Cart {
  readonly lines: readonly PricedLine[];
  /** Of the lines that are counted. */
  readonly totals: Totals;
}

type Unsummed = Omit<PricedLine, "amounts">;

function problemOf(cart: Cart, product: Sellable | null): LineProblem | null {
  if (cart.status !== "open") return null;
  if (!product?.sellable || product.currency !== cart.currency) return "withdrawn";
  return product.interval === "one_off" ? null : "recurring";
}

function unitOf(cart: Cart, line: CartLine, product: Sellable | null): bigint | null {
  if (cart.status !== "open") return line.agreedUnitMinor;
  return product?.currency === cart.currency ? product.unitAmountMinor : null;
}

/** As rates name it: `US-NY` where an address has `NY`. */
function regionOf({ region, rates }: PriceBasis): string | null {
  const country = rates[0]?.country;
  return region === null || region.includes("-") || country === undefined ? region : `${country}-${region}`;
}

function look(cart: Cart, line: CartLine, basis: PriceBasis): Unsummed {
  const product = basis.sellables.find(({ priceId }) => priceId === line.priceId) ?? null;
  const unitMinor = unitOf(cart, line, product);
  const sale = { taxCode: product?.taxCode ?? "", region: regionOf(basis) };
  return {
    ...line,
    product,
    words: (product && translationFor(product.translations, basis.languages)) ?? null,
    rate: taxRateFor(basis.rates, sale) ?? null,
    unitMinor,
    priceChanged: unitMinor !== null && unitMinor !== line.agreedUnitMinor,
    problem: problemOf(cart, product),
  };
}

function isCounted({ problem, unitMinor }: Unsummed): boolean {
  return unitMinor !== null && problem !== "withdrawn" && problem !== "worth_too_much";
}

/** Marks the lines with which the cart would come to too much; the others can be added up. */
function markExcess(lines: readonly Unsummed[]): Unsummed[] {
  let worthMinor = 0n;
  return lines.map((line) => {
    if (!isCounted(line)) return line;
    const amountMinor = line.quantity * (line.unitMinor ?? 0n);
    const addedMinor = amountMinor + (line.rate?.inclusive ? 0n : taxOf(amountMinor, line.rate));
    if (worthMinor + addedMinor > mostMinor) return { ...line, problem: "worth_too_much" };
    worthMinor += addedMinor;
    return line;
  });
}

/** Prices a cart: finds each line's product, words and tax, marks what stands in the way of an order, and adds up the rest. */
export function priceCart(cart: CartWithLines, basis: PriceBasis): PricedCart {
  const lines = markExcess(cart.lines.map((line) => look(cart, line, basis)));
  const counted = lines.filter(isCounted);
  const totals = totalsOf({
    lines: counted.map(({ quantity, unitMinor, rate }) => ({ quantity, unitMinor: unitMinor ?? 0n, rate })),
  });
  const amounts = new Map(counted.map(({ lineId }, index) => [lineId, totals.lines[index] ?? null]));
  return { ...cart, lines: lines.map((line) => ({ ...line, amounts: amounts.get(line.lineId) ?? null })), totals };
}
