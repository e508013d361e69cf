import type { Fault } from "../platform/errors.ts";
import { parseMinor } from "../platform/money.ts";
import { spanFaults } from "./price.ts";

/** What can be changed of a tax rate: where and on what it is makes it another one. */
export interface TaxTerms {
  readonly name: string;
  /** Millionths of the amount: 20 % is 200000. */
  readonly rateMillionths: number;
  /** Whether prices have it in them. */
  readonly inclusive: boolean;
  readonly validFrom: Date;
  /** Null: without end. */
  readonly validUntil: Date | null;
}

/** How much tax there is where, on what, from when on. */
export interface TaxRate extends TaxTerms {
  readonly taxRateId: string;
  readonly country: string;
  /** Null: the whole country. */
  readonly region: string | null;
  /** Null: whatever is sold. */
  readonly taxCode: string | null;
}

/** A tax rate with when it was written down. */
export interface KeptTaxRate extends TaxRate {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const percentDecimals = 4;
const mostMillionths = 1_000_000;
const millionthsInPercent = 10_000;

/** Reads a percentage as it was written; undefined for one that is none or has more than four decimals. */
export function parsePercentage(text: string): number | undefined {
  const millionths = parseMinor(text, percentDecimals);
  if (typeof millionths !== "bigint" || millionths < 0n || millionths > mostMillionths) return undefined;
  return Number(millionths);
}

/** The percentage of a rate: a double writes up to four decimals as they are. */
export function percentageOf({ rateMillionths }: Pick<TaxRate, "rateMillionths">): number {
  return rateMillionths / millionthsInPercent;
}

/** Everything that is wrong with terms whose members have the right form. */
export function taxTermsFaults(terms: TaxTerms): Fault[] {
  return spanFaults(terms);
}

function exactnessOf({ region, taxCode }: TaxRate): number {
  return (taxCode === null ? 0 : 2) + (region === null ? 0 : 1);
}

function isMoreExact(one: TaxRate, other: TaxRate): boolean {
  const difference = exactnessOf(one) - exactnessOf(other);
  return difference > 0 || (difference === 0 && one.validFrom > other.validFrom);
}

/**
 * The rate for a sale, of those in force in its country: one for the region and the tax code before one for the code,
 * that before one for the region, that before the country's; of equals the one that began last.
 */
export function taxRateFor(
  rates: readonly TaxRate[],
  { taxCode, region }: { taxCode: string; region: string | null },
): TaxRate | undefined {
  let best: TaxRate | undefined;
  for (const rate of rates) {
    const fits =
      (rate.region === null || rate.region === region) && (rate.taxCode === null || rate.taxCode === taxCode);
    if (fits && (best === undefined || isMoreExact(rate, best))) best = rate;
  }
  return best;
}

/** An amount with and without the tax on it. */
export interface TaxedAmount {
  readonly taxMinor: bigint;
  readonly withoutTaxMinor: bigint;
  readonly withTaxMinor: bigint;
}

/** The quotient of two that are not negative, rounded half away from zero. */
function rounded(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}

/** The tax on an amount, or in it where the rate is inclusive; rounded half away from zero, once. */
export function taxOn(
  amountMinor: bigint,
  { rateMillionths, inclusive }: Pick<TaxRate, "rateMillionths" | "inclusive">,
): TaxedAmount {
  const rate = BigInt(rateMillionths);
  const whole = BigInt(mostMillionths);
  const taxMinor = rounded(amountMinor * rate, inclusive ? whole + rate : whole);
  return inclusive
    ? { taxMinor, withoutTaxMinor: amountMinor - taxMinor, withTaxMinor: amountMinor }
    : { taxMinor, withoutTaxMinor: amountMinor, withTaxMinor: amountMinor + taxMinor };
}
