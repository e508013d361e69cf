import { mostMinor } from "../platform/money.ts";
import { worthTooMuch } from "./cart-errors.ts";
import { compare, divideRounded, spread } from "./rounding.ts";

/** A tax as it is applied to a sale. */
export interface SaleTax {
  readonly taxRateId: string;
  readonly name: string;
  /** Millionths of the amount: 20 % is 200000. */
  readonly rateMillionths: number;
  /** Whether the price has the tax in it. */
  readonly inclusive: boolean;
}

/** What is taken off, at most all of it. */
export type Discount = { readonly percentMillionths: number } | { readonly amountMinor: bigint };

export interface SaleLine {
  readonly quantity: bigint;
  readonly unitMinor: bigint;
  readonly discount?: Discount;
  /** Null, or absent: it is not taxed. */
  readonly rate?: SaleTax | null;
}

export interface SaleShipping {
  readonly amountMinor: bigint;
  readonly discount?: Discount;
  readonly rate?: SaleTax | null;
}

/** What is sold together, in one currency: a cart, an order. */
export interface Sale {
  readonly lines: readonly SaleLine[];
  readonly shipping?: readonly SaleShipping[];
  /** Is spread over the lines, and over the shipping too where it says so. */
  readonly orderDiscount?: Discount & { readonly includesShipping?: boolean };
}

/** The amounts of a line, or of one shipping. */
export interface PartAmounts {
  /** Quantity times price. */
  readonly undiscountedMinor: bigint;
  /** Its own discount, and its share of the order's. */
  readonly discountMinor: bigint;
  /** What is left of the price: `order_items.line_total_minor`. A tax that the price has in it is in it still. */
  readonly lineTotalMinor: bigint;
  /** Is added to it. */
  readonly taxMinor: bigint;
  /** Is in it. */
  readonly taxIncludedMinor: bigint;
  /** Without any tax. */
  readonly netMinor: bigint;
}

/** All that one rate takes. */
export interface TaxSum {
  readonly rate: SaleTax;
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
}

export interface Totals {
  /** One for each line, in their order. */
  readonly lines: readonly PartAmounts[];
  readonly shipping: readonly PartAmounts[];
  /** What the lines come to after discounts: `orders.items_minor`. */
  readonly itemsMinor: bigint;
  /** What was taken off lines and shipping. It is off already: an order made of these has a `discount_minor` of 0. */
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly taxIncludedMinor: bigint;
  readonly shippingMinor: bigint;
  /** What is to be paid: items, shipping, and the taxes that are added. */
  readonly totalMinor: bigint;
  /** Highest rate first, added ones before those within prices. */
  readonly taxes: readonly TaxSum[];
}

const million = 1_000_000n;

/** A line or a shipping on its way to its amounts. */
interface Part {
  readonly undiscountedMinor: bigint;
  /** After its own discount. */
  readonly amountMinor: bigint;
  readonly rate: SaleTax | null;
}

/** Rounds what is left, not what is taken off. */
function discounted(amountMinor: bigint, discount: Discount | undefined): bigint {
  if (!discount) return amountMinor;
  const leftMinor =
    "amountMinor" in discount
      ? amountMinor - discount.amountMinor
      : divideRounded(amountMinor * (million - BigInt(discount.percentMillionths)), million);
  if (leftMinor > amountMinor) throw new RangeError("A discount takes something off.");
  return leftMinor < 0n ? 0n : leftMinor;
}

function partOf(undiscountedMinor: bigint, { discount, rate }: Pick<SaleLine, "discount" | "rate">): Part {
  if (undiscountedMinor < 0n) throw new RangeError("Nothing is sold for less than nothing.");
  if (undiscountedMinor > mostMinor) throw worthTooMuch({});
  return { undiscountedMinor, amountMinor: discounted(undiscountedMinor, discount), rate: rate ?? null };
}

/** Takes the order's discount off; whom an odd unit hits depends on amounts and rates, never on the order of the parts. */
function shareDiscount(parts: readonly Part[], discount: Discount | undefined): Part[] {
  const weights = parts.map(({ amountMinor }) => amountMinor);
  const whole = sumOf(weights);
  const off = spread(whole - discounted(whole, discount), weights, (one, other) => {
    return compare(weights[other], weights[one]) || compareRates(parts[one]?.rate, parts[other]?.rate);
  });
  return parts.map((part, index) => ({ ...part, amountMinor: part.amountMinor - (off[index] ?? 0n) }));
}

function compareRates(one: SaleTax | null | undefined, other: SaleTax | null | undefined): number {
  const [left, right] = [one ?? untaxed, other ?? untaxed];
  return (
    Number(left.inclusive) - Number(right.inclusive) ||
    right.rateMillionths - left.rateMillionths ||
    (left.taxRateId < right.taxRateId ? -1 : Number(left.taxRateId > right.taxRateId))
  );
}

const untaxed: SaleTax = { taxRateId: "", name: "", rateMillionths: 0, inclusive: false };

/** The tax on an amount that lacks it, or within an amount that has it. */
export function taxOf(amountMinor: bigint, rate: SaleTax | null): bigint {
  if (!rate) return 0n;
  const millionths = BigInt(rate.rateMillionths);
  return divideRounded(amountMinor * millionths, rate.inclusive ? million + millionths : million);
}

function amountsOf({ undiscountedMinor, amountMinor, rate }: Part): PartAmounts {
  const taxMinor = taxOf(amountMinor, rate);
  const inclusive = rate?.inclusive === true;
  return {
    undiscountedMinor,
    discountMinor: undiscountedMinor - amountMinor,
    lineTotalMinor: amountMinor,
    taxMinor: inclusive ? 0n : taxMinor,
    taxIncludedMinor: inclusive ? taxMinor : 0n,
    netMinor: inclusive ? amountMinor - taxMinor : amountMinor,
  };
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

function sumTaxes(rates: readonly (SaleTax | null)[], amounts: readonly PartAmounts[]): TaxSum[] {
  const sums = new Map<string, TaxSum>();
  for (const [index, rate] of rates.entries()) {
    const part = amounts[index];
    if (!rate || !part) continue;
    const key = `${rate.taxRateId} ${rate.rateMillionths} ${rate.inclusive}`;
    const before = sums.get(key);
    sums.set(key, {
      rate,
      netMinor: (before?.netMinor ?? 0n) + part.netMinor,
      taxMinor: (before?.taxMinor ?? 0n) + part.taxMinor + part.taxIncludedMinor,
    });
  }
  return [...sums.values()].sort((one, other) => compareRates(one.rate, other.rate));
}

/**
 * Adds a sale up. Amounts are per line: the discounted amount is rounded, not the discount; so is the tax of each line;
 * half away from zero. The order's discount is spread by largest remainder. What is to be paid is never negative, and the
 * order of the lines changes no sum. A sale that comes to more than an order may is refused. ADR 0033.
 * @throws cart.worth_too_much
 */
export function totalsOf({ lines, shipping = [], orderDiscount }: Sale): Totals {
  const ofLines = lines.map((line) => partOf(line.quantity * line.unitMinor, line));
  const ofShipping = shipping.map((one) => partOf(one.amountMinor, one));
  const parts = orderDiscount?.includesShipping
    ? shareDiscount([...ofLines, ...ofShipping], orderDiscount)
    : [...shareDiscount(ofLines, orderDiscount), ...ofShipping];
  const amounts = parts.map(amountsOf);
  const items = amounts.slice(0, lines.length);
  const sent = amounts.slice(lines.length);
  const itemsMinor = sumOf(items.map(({ lineTotalMinor }) => lineTotalMinor));
  const shippingMinor = sumOf(sent.map(({ lineTotalMinor }) => lineTotalMinor));
  const taxMinor = sumOf(amounts.map((part) => part.taxMinor));
  const totalMinor = itemsMinor + taxMinor + shippingMinor;
  if (totalMinor > mostMinor) throw worthTooMuch({});
  return {
    lines: items,
    shipping: sent,
    itemsMinor,
    discountMinor: sumOf(amounts.map((part) => part.discountMinor)),
    taxMinor,
    taxIncludedMinor: sumOf(amounts.map((part) => part.taxIncludedMinor)),
    shippingMinor,
    totalMinor,
    taxes: sumTaxes(
      parts.map(({ rate }) => rate),
      amounts,
    ),
  };
}

/** Some pieces of a line, and how many of them went back before. */
export interface Returned {
  readonly quantity: bigint;
  readonly before: bigint;
  readonly pieces: bigint;
}

/** What pieces of a line came to. */
export interface RefundShare {
  readonly lineTotalMinor: bigint;
  readonly taxMinor: bigint;
  readonly taxIncludedMinor: bigint;
  /** What was paid for them: the price with the taxes that were added. */
  readonly paidMinor: bigint;
}

/**
 * The share of a line's amounts that belongs to pieces which go back. Each is the difference of what all pieces so far
 * and those before come to, rounded: whatever the portions, together they are the line's amounts exactly.
 */
export function refundShare(
  line: Pick<PartAmounts, "lineTotalMinor" | "taxMinor" | "taxIncludedMinor">,
  { quantity, before, pieces }: Returned,
): RefundShare {
  if (before < 0n || pieces < 0n || before + pieces > quantity) throw new RangeError("More goes back than was sold.");
  const upTo = (amountMinor: bigint, count: bigint) => divideRounded(amountMinor * count, quantity);
  const share = (amountMinor: bigint) => upTo(amountMinor, before + pieces) - upTo(amountMinor, before);
  const lineTotalMinor = share(line.lineTotalMinor);
  const taxMinor = share(line.taxMinor);
  return {
    lineTotalMinor,
    taxMinor,
    taxIncludedMinor: share(line.taxIncludedMinor),
    paidMinor: lineTotalMinor + taxMinor,
  };
}
