import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { longAgo, tenPercent } from "../../test/support/given-products.ts";
import { mostMinor } from "../platform/money.ts";
import { parsePercentage, percentageOf, type TaxRate, taxOn, taxRateFor, taxTermsFaults } from "./taxation.ts";

const later = new Date("2024-01-01T00:00:00.000Z");
const sale = { taxCode: "food", region: "US-CA" };

function rate(taxRateId: string, wanted: Partial<TaxRate> = {}): TaxRate {
  return { ...tenPercent, taxRateId, ...wanted };
}

/** One of each exactness, the most exact first. */
const ladder = [
  rate("region and code", { region: "US-CA", taxCode: "food" }),
  rate("code", { taxCode: "food" }),
  rate("region", { region: "US-CA" }),
  rate("country"),
];
const strangers = [
  rate("other region", { region: "US-NY" }),
  rate("other code", { taxCode: "books" }),
  rate("other region, this code", { region: "US-NY", taxCode: "food" }),
  rate("this region, other code", { region: "US-CA", taxCode: "books" }),
];

/** Every subset of the list. */
function subsetsOf<Member>(members: readonly Member[]): Member[][] {
  const [first, ...rest] = members;
  if (first === undefined) return [[]];
  return subsetsOf(rest).flatMap((subset) => [subset, [first, ...subset]]);
}

describe("taxRateFor", () => {
  test("takes the most exact of every combination of rates, whatever their order and whoever else is there", () => {
    for (const present of subsetsOf(ladder)) {
      const expected = ladder.find((one) => present.includes(one))?.taxRateId;
      for (const rates of [present, present.toReversed(), [...strangers, ...present], [...present, ...strangers]])
        assert.equal(taxRateFor(rates, sale)?.taxRateId, expected);
    }
  });

  test("takes the one that began last of equally exact ones", () => {
    for (const { taxRateId, region, taxCode } of ladder) {
      const newer = rate(`newer ${taxRateId}`, { region, taxCode, validFrom: later });
      const older = rate("older", { region, taxCode, validFrom: longAgo });
      assert.equal(taxRateFor([older, newer], sale), newer);
      assert.equal(taxRateFor([newer, older], sale), newer);
    }
  });

  test("prefers exactness to age", () => {
    const newer = rate("newer", { validFrom: later });
    assert.equal(taxRateFor([newer, ...ladder.slice(0, 3)], sale)?.taxRateId, "region and code");
  });

  test("has no rate of a region for a sale without one", () => {
    assert.equal(taxRateFor(ladder, { taxCode: "food", region: null })?.taxRateId, "code");
    assert.equal(taxRateFor([ladder[2] as TaxRate], { taxCode: "food", region: null }), undefined);
  });

  test("answers the same for every order of any rates", () => {
    const any = fc.record({
      region: fc.constantFrom(null, "US-CA", "US-NY"),
      taxCode: fc.constantFrom(null, "food", "books"),
      year: fc.integer({ min: 2000, max: 2020 }),
    });
    const rates = fc
      .uniqueArray(any, { selector: ({ region, taxCode, year }) => `${region} ${taxCode} ${year}` })
      .map((list) =>
        list.map(({ region, taxCode, year }, index) =>
          rate(String(index), { region, taxCode, validFrom: new Date(Date.UTC(year, 0)) }),
        ),
      );
    fc.assert(
      fc.property(
        rates,
        fc.constantFrom(null, "US-CA", "US-NY"),
        fc.constantFrom("food", "books"),
        (list, region, taxCode) => {
          const score = (one: TaxRate) =>
            (one.taxCode === null ? 0 : 2e13) + (one.region === null ? 0 : 1e13) + one.validFrom.getTime();
          const fitting = list.filter(
            (one) =>
              (one.region === null || one.region === region) && (one.taxCode === null || one.taxCode === taxCode),
          );
          const best = fitting.sort((one, other) => score(other) - score(one))[0];
          assert.equal(taxRateFor(list, { taxCode, region }), best);
          assert.equal(taxRateFor(list.toReversed(), { taxCode, region }), best);
        },
      ),
    );
  });
});

describe("parsePercentage", () => {
  const cases: [string, number | undefined][] = [
    ["0", 0],
    ["20", 200_000],
    ["20.0", 200_000],
    ["8.875", 88_750],
    ["0.0001", 1],
    ["1e1", 100_000],
    ["100", 1_000_000],
    ["99.9999", 999_999],
    ["0.00001", undefined],
    ["19.99999", undefined],
    ["100.0001", undefined],
    ["-1", undefined],
    ["x", undefined],
  ];
  for (const [text, millionths] of cases)
    test(`reads ${text} as ${millionths}`, () => assert.equal(parsePercentage(text), millionths));

  test("reads back whatever is shown of a rate", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (rateMillionths) => {
        assert.equal(parsePercentage(JSON.stringify(percentageOf({ rateMillionths }))), rateMillionths);
      }),
    );
  });
});

describe("taxOn", () => {
  const cases: [bigint, number, boolean, [bigint, bigint, bigint]][] = [
    [123n, 200_000, false, [25n, 123n, 148n]],
    [1200n, 80_000, true, [89n, 1111n, 1200n]],
    [100n, 0, false, [0n, 100n, 100n]],
    [0n, 200_000, true, [0n, 0n, 0n]],
    [5n, 100_000, false, [1n, 5n, 6n]], // Half a cent goes away from zero.
    [4n, 100_000, false, [0n, 4n, 4n]],
    [999_999_999_999_999n, 1_000_000, true, [500_000_000_000_000n, 499_999_999_999_999n, 999_999_999_999_999n]],
  ];
  for (const [amount, rateMillionths, inclusive, [taxMinor, withoutTaxMinor, withTaxMinor]] of cases)
    test(`of ${amount} at ${rateMillionths} millionths ${inclusive ? "within" : "on top"} is ${taxMinor}`, () => {
      const taxed = taxOn(amount, { rateMillionths, inclusive });
      assert.deepEqual(taxed, { taxMinor, withoutTaxMinor, withTaxMinor });
    });

  test("adds up, is never negative, and is at most half a unit from the exact tax", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: mostMinor }),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.boolean(),
        (amount, rateMillionths, inclusive) => {
          const { taxMinor, withoutTaxMinor, withTaxMinor } = taxOn(amount, { rateMillionths, inclusive });
          assert.equal(withoutTaxMinor + taxMinor, withTaxMinor);
          assert.equal(inclusive ? withTaxMinor : withoutTaxMinor, amount);
          assert.ok(taxMinor >= 0n && withoutTaxMinor >= 0n);
          const divisor = inclusive ? 1_000_000n + BigInt(rateMillionths) : 1_000_000n;
          const off = 2n * (taxMinor * divisor - amount * BigInt(rateMillionths));
          assert.ok(off <= divisor && off >= -divisor);
        },
      ),
    );
  });

  test("finds on top of an amount what it finds within the amount with tax, to a unit", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.integer({ min: 0, max: 1_000_000 }),
        (net, rateMillionths) => {
          const onTop = taxOn(net, { rateMillionths, inclusive: false });
          const within = taxOn(onTop.withTaxMinor, { rateMillionths, inclusive: true });
          const off = within.taxMinor - onTop.taxMinor;
          assert.ok(off >= -1n && off <= 1n);
        },
      ),
    );
  });
});

describe("taxTermsFaults", () => {
  test("finds a rate that ends before it begins", () => {
    assert.deepEqual(taxTermsFaults(tenPercent), []);
    const [fault] = taxTermsFaults({ ...tenPercent, validUntil: longAgo });
    assert.equal(fault?.pointer, "/valid_until");
  });
});
