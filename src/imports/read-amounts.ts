import { mostMinor, parseMinor } from "../platform/money.ts";
import { faultOf, shorten } from "./fault.ts";
import type { Field } from "./import-options.ts";
import { columnOf, type Layout } from "./layout.ts";
import { exampleOf, parseNumber, withoutCurrency } from "./numerals.ts";
import type { RowFault } from "./reading.ts";

/** A currency and how many decimals it has. */
export interface Money {
  readonly currency: string;
  readonly exponent: number;
}

/** A text of a file and the field that it stands in. */
export interface Written {
  readonly field: Field;
  readonly text: string;
}

/** How a sentence on a cell begins. */
function told(layout: Layout, { field, text }: Written): string {
  return `"${columnOf(layout, field) ?? field}" is "${shorten(text)}"`;
}

export function cellFault(
  layout: Layout,
  written: Written,
  code: Parameters<typeof faultOf>[0],
  rest: string,
): RowFault {
  return faultOf(code, columnOf(layout, written.field), written.text, `${told(layout, written)}${rest}`);
}

/** What to write instead of a number that is none. */
export function numberAdvice({ locale }: Layout, example = exampleOf(locale)): string {
  const how = locale === "iso" ? "; or say in the options (`locale`) how the file writes numbers" : "";
  return `Write it like ${example}${how}.`;
}

/** Reads an amount as minor units of the row's currency, exactly, or says why it is none. Never a negative one. */
export function readAmount(layout: Layout, written: Written, money: Money): number | RowFault {
  const number = parseNumber(withoutCurrency(written.text, money.currency, layout.locale), layout.locale);
  if (number === undefined) {
    return cellFault(
      layout,
      written,
      "amount_invalid",
      `, which is no amount of ${money.currency}. ${numberAdvice(layout)}`,
    );
  }
  const minor = parseMinor(number, money.exponent);
  if (typeof minor !== "bigint") {
    const rest = `; ${money.currency} has ${money.exponent} decimals. Round it where it comes from.`;
    return cellFault(layout, written, "amount_too_precise", rest);
  }
  if (minor < 0n) {
    const code = written.field === "unit_price" ? "price_negative" : "amount_negative";
    return cellFault(layout, written, code, "; it cannot be negative. Correct it, or remove the row.");
  }
  if (minor > mostMinor) {
    const rest = `; an order can be worth ${mostMinor} minor units of ${money.currency} at most.`;
    return cellFault(layout, written, "amount_too_large", rest);
  }
  return Number(minor);
}

const percent = /^(.*?)\s?[%％]$/su;

/** A share of a price, as a fraction of whole numbers. */
interface Share {
  readonly part: bigint;
  readonly whole: bigint;
}

function parseShare(layout: Layout, text: string): Share | undefined {
  const [, percents] = percent.exec(text) ?? [];
  const number = parseNumber(percents ?? text, layout.locale);
  if (number === undefined) return undefined;
  const [digits = "", decimals = ""] = number.split(".");
  const part = BigInt(digits + decimals);
  const whole = 10n ** BigInt(decimals.length + (percents === undefined ? 0 : 2));
  return part >= 0n && part <= whole ? { part, whole } : undefined;
}

/**
 * Reads a discount that is given as a share of the price, 0.15 or 15 %, as minor units of what `grossMinor` is worth. The
 * discounted amount is rounded, half away from zero, and the discount is what is left.
 */
export function readRate(layout: Layout, written: Written, grossMinor: bigint): number | RowFault {
  const share = parseShare(layout, written.text);
  if (share === undefined) {
    const rest = ", which is no share of the price. Write it like 0.15 or 15 %.";
    return cellFault(layout, written, "rate_invalid", rest);
  }
  const twice = 2n * grossMinor * (share.whole - share.part);
  const discountedMinor = (twice + share.whole) / (2n * share.whole);
  return Number(grossMinor - discountedMinor);
}
