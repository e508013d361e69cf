import type { ImportOptions } from "./import-options.ts";

export type Locale = ImportOptions["locale"];

interface Style {
  /** A number, its digits in groups of three or in one. */
  readonly number: RegExp;
  readonly group: RegExp | null;
  readonly point: "." | ",";
  readonly example: string;
}

const english: Style = {
  number: /^-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/,
  group: /,/g,
  point: ".",
  example: "1,234.50",
};

const styles: Readonly<Record<Locale, Style>> = {
  iso: { number: /^-?\d+(?:\.\d+)?$/, group: null, point: ".", example: "1234.50" },
  "en-US": english,
  "en-GB": english,
  "ja-JP": english,
  "de-DE": { number: /^-?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$/, group: /\./g, point: ",", example: "1.234,50" },
  "fr-FR": {
    number: /^-?(?:\d+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?:,\d+)?$/,
    group: /[ \u00a0\u202f]/g,
    point: ",",
    example: "1 234,50",
  },
};

const longest = 60; // No amount has so many digits; longer texts are not looked at.
const nothing = /^-0*(?:\.0*)?$/;
const fullWidth = /[０-９．，－]/g;
const fullWidthOffset = 0xfee0; // Unicode has these forms in the order of ASCII, so far behind it.

/** How a number looks in a locale, to show what is expected. */
export function exampleOf(locale: Locale): string {
  return styles[locale].example;
}

/**
 * Reads a number as a locale writes it, and no other way: `1,234.50` is a number under en-US, none under de-DE. Answers
 * it with a point and without groups, or undefined. Never one with an exponent, a plus or minus zero.
 */
export function parseNumber(text: string, locale: Locale): string | undefined {
  const style = styles[locale];
  const folded = locale === "ja-JP" ? foldWidth(text) : text;
  if (folded.length > longest || !style.number.test(folded) || nothing.test(folded)) return undefined;
  const digits = style.group === null ? folded : folded.replace(style.group, "");
  return style.point === "." ? digits : digits.replace(",", ".");
}

function foldWidth(text: string): string {
  return text.replace(fullWidth, (char) => String.fromCharCode(char.charCodeAt(0) - fullWidthOffset));
}

/** Signs of currencies; several share one. */
const signs: Readonly<Record<string, readonly string[]>> = {
  $: ["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN"],
  US$: ["USD"],
  "€": ["EUR"],
  "£": ["GBP"],
  "¥": ["JPY", "CNY"],
  "￥": ["JPY"],
  円: ["JPY"],
  "₩": ["KRW"],
  "₹": ["INR"],
};
const japanese = new Set(["￥", "円"]);
const around = /^(-?)\s?(US\$|[$€£¥￥₩₹]|[A-Z]{3})?\s?(.*?)\s?(円|[$€£¥₩₹]|[A-Z]{3})?$/su;
const plain = /^-?[\d.,]+$/;

/**
 * Takes a sign or a code of the currency off an amount: `€ 12,00`, `12.00 USD`. Of another currency than the row's it
 * stays, so that the amount is no number. Under `iso` amounts have none.
 */
export function withoutCurrency(text: string, currency: string, locale: Locale): string {
  if (locale === "iso" || plain.test(text)) return text;
  const [, minus = "", before, number = "", after] = around.exec(text) ?? [];
  if (before !== undefined && after !== undefined) return text;
  const mark = before ?? after;
  if (mark === undefined || (japanese.has(mark) && locale !== "ja-JP")) return text;
  return mark === currency || signs[mark]?.includes(currency) ? minus + number : text;
}
