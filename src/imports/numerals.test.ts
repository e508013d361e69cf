import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { exampleOf, type Locale, parseNumber, withoutCurrency } from "./numerals.ts";

const locales: readonly Locale[] = ["iso", "en-US", "en-GB", "de-DE", "fr-FR", "ja-JP"];

describe("parseNumber", () => {
  const cases: readonly [text: string, Partial<Record<Locale, string>>][] = [
    ["1234.50", { iso: "1234.50", "en-US": "1234.50", "en-GB": "1234.50", "ja-JP": "1234.50" }],
    ["1,234.50", { "en-US": "1234.50", "en-GB": "1234.50", "ja-JP": "1234.50" }],
    ["1.234,50", { "de-DE": "1234.50" }],
    ["1 234,50", { "fr-FR": "1234.50" }],
    ["1\u00a0234,50", { "fr-FR": "1234.50" }],
    ["1\u202f234\u202f567,5", { "fr-FR": "1234567.5" }],
    ["1.234", { iso: "1.234", "en-US": "1.234", "en-GB": "1.234", "de-DE": "1234", "ja-JP": "1.234" }],
    ["1,234", { "en-US": "1234", "en-GB": "1234", "de-DE": "1.234", "fr-FR": "1.234", "ja-JP": "1234" }],
    ["1,23", { "de-DE": "1.23", "fr-FR": "1.23" }],
    ["１２３", { "ja-JP": "123" }],
    ["１，２３４．５", { "ja-JP": "1234.5" }],
    ["00123", Object.fromEntries(locales.map((locale) => [locale, "00123"]))],
    ["-5", Object.fromEntries(locales.map((locale) => [locale, "-5"]))],
  ];
  for (const [text, wanted] of cases) {
    test(`understands ${JSON.stringify(text)} where it is declared, and nowhere else`, () => {
      const read = locales
        .map((locale) => [locale, parseNumber(text, locale)])
        .filter(([, number]) => number !== undefined);
      assert.deepEqual(Object.fromEntries(read), wanted);
    });
  }
  const refused = [
    "1e3",
    "٣",
    " 12 3",
    "12 3",
    "+5",
    "-0",
    "-0.00",
    "NaN",
    "Infinity",
    "0x10",
    "",
    ".5",
    "5.",
    "1,2,3",
    "1.23.4",
  ];
  refused.push("1,23,456", "12,34", "1234,567.00", "1 2345", "--1", "½", "१२", "1_000", "9".repeat(61));
  for (const text of refused) {
    const elsewhere: readonly Locale[] = text === "12,34" ? ["de-DE", "fr-FR"] : [];
    test(`never understands ${JSON.stringify(text)}`, () => {
      const read = locales.filter((locale) => parseNumber(text, locale) !== undefined);
      assert.deepEqual(read, elsewhere);
    });
  }
  test("shows for each locale an example that it understands", () => {
    for (const locale of locales) assert.equal(parseNumber(exampleOf(locale), locale), "1234.50");
  });
  test("understands what Intl writes in the locale", () => {
    const amount = fc.integer({ min: -10_000_000_000, max: 10_000_000_000 }).filter((cents) => cents !== 0);
    fc.assert(
      fc.property(amount, fc.constantFrom("en-US", "en-GB", "de-DE", "fr-FR", "ja-JP"), (cents, locale) => {
        const format = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
        assert.equal(parseNumber(format.format(cents / 100), locale), (cents / 100).toFixed(2));
      }),
    );
  });
});

describe("withoutCurrency", () => {
  const cases: readonly [text: string, currency: string, locale: Locale, wanted: string][] = [
    ["€ 12,00", "EUR", "de-DE", "12,00"],
    ["12,00 €", "EUR", "de-DE", "12,00"],
    ["$1,234.50", "USD", "en-US", "1,234.50"],
    ["-$5.00", "USD", "en-US", "-5.00"],
    ["$5", "CAD", "en-US", "5"],
    ["$5", "EUR", "en-US", "$5"],
    ["12.00 USD", "USD", "en-US", "12.00"],
    ["USD 12.00", "USD", "en-US", "12.00"],
    ["12.00 USD", "EUR", "en-US", "12.00 USD"],
    ["$12.00 USD", "USD", "en-US", "$12.00 USD"],
    ["￥1,200", "JPY", "ja-JP", "1,200"],
    ["1,200円", "JPY", "ja-JP", "1,200"],
    ["1,200円", "JPY", "en-US", "1,200円"],
    ["￥1,200", "USD", "ja-JP", "￥1,200"],
    ["€12.00", "EUR", "iso", "€12.00"],
    ["12.00", "EUR", "en-US", "12.00"],
  ];
  for (const [text, currency, locale, wanted] of cases) {
    test(`makes ${wanted} of ${text} in ${currency} under ${locale}`, () => {
      assert.equal(withoutCurrency(text, currency, locale), wanted);
    });
  }
});
