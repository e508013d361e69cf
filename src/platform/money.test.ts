import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { exponentOf, formatMajor, listCurrencies, mostMinor, parseMinor } from "./money.ts";

describe("exponentOf", () => {
  for (const [currency, exponent] of [
    ["JPY", 0],
    ["USD", 2],
    ["KWD", 3],
    ["CLF", 4],
    ["ISK", 0],
    ["UGX", 0],
    ["MGA", 2],
  ] as const) {
    test(`is ${exponent} for ${currency}, as ISO 4217 has it`, () => assert.equal(exponentOf(currency), exponent));
  }
  test("is unknown for what is no currency", () => {
    for (const code of ["XXX", "usd", "EURO", "", "ＪＰＹ"]) assert.equal(exponentOf(code), undefined);
  });
  test("knows each code once, three capitals long", () => {
    const codes = listCurrencies();
    assert.equal(new Set(codes).size, codes.length);
    assert.ok(codes.every((code) => /^[A-Z]{3}$/.test(code)));
    assert.ok(codes.length > 150);
  });
});

describe("parseMinor", () => {
  for (const [text, exponent, minor] of [
    ["89800.0", 0, 89800n],
    ["89800", 0, 89800n],
    ["0.1", 2, 10n],
    ["0.10", 2, 10n],
    ["0.100000", 2, 10n],
    ["1.234", 3, 1234n],
    ["1e3", 2, 100000n],
    ["1.5E-1", 2, 15n],
    ["-0.5", 2, -50n],
    ["-0", 2, 0n],
    ["0e999", 2, 0n],
    ["9007199254740993", 0, 9007199254740993n],
  ] as const) {
    test(`reads ${text} with ${exponent} decimals as ${minor}`, () => assert.equal(parseMinor(text, exponent), minor));
  }
  for (const [text, exponent] of [
    ["0.5", 0],
    ["0.001", 2],
    ["1.2345", 3],
    ["1e-3", 2],
    ["1e-999", 2],
  ] as const) {
    test(`refuses ${text} with ${exponent} decimals`, () =>
      assert.equal(parseMinor(text, exponent), "too_many_decimals"));
  }
  for (const text of ["", "1,5", "NaN", "Infinity", "0x10", " 12", "１", "1e", "--1", "1e9999", "+1", ".5", "5."]) {
    test(`does not take ${JSON.stringify(text)} for a decimal`, () =>
      assert.equal(parseMinor(text, 2), "not_a_decimal"));
  }
});

describe("formatMajor", () => {
  for (const [minor, exponent, text] of [
    [179600n, 0, "179600.0"],
    [30n, 2, "0.3"],
    [1234n, 3, "1.234"],
    [5n, 2, "0.05"],
    [0n, 2, "0.0"],
    [-150n, 2, "-1.5"],
    [mostMinor, 2, "9999999999999.99"],
  ] as const) {
    test(`writes ${minor} with ${exponent} decimals as ${text}`, () =>
      assert.equal(formatMajor(minor, exponent), text));
  }
  test("is read back as the same amount", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -mostMinor, max: mostMinor }), fc.integer({ min: 0, max: 4 }), (minor, exponent) => {
        assert.equal(parseMinor(formatMajor(minor, exponent), exponent), minor);
      }),
    );
  });
});
