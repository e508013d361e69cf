import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mostMinor } from "../platform/money.ts";
import { type SaleTax, totalsOf } from "./totals.ts";

const added: SaleTax = { taxRateId: "a", name: "VAT", rateMillionths: 100_000, inclusive: false };
const within: SaleTax = { taxRateId: "b", name: "消費税", rateMillionths: 100_000, inclusive: true };

describe("totalsOf", () => {
  test("adds nothing up to nothing", () => {
    assert.deepEqual(totalsOf({ lines: [] }), {
      lines: [],
      shipping: [],
      itemsMinor: 0n,
      discountMinor: 0n,
      taxMinor: 0n,
      taxIncludedMinor: 0n,
      shippingMinor: 0n,
      totalMinor: 0n,
      taxes: [],
    });
  });

  test("keeps taxes that are added apart from those within prices", () => {
    const totals = totalsOf({
      lines: [
        { quantity: 3n, unitMinor: 105n, rate: added },
        { quantity: 1n, unitMinor: 108n, rate: within },
        { quantity: 2n, unitMinor: 7n, rate: null },
      ],
      shipping: [{ amountMinor: 500n, rate: added }],
    });
    assert.deepEqual(totals, {
      lines: [
        {
          undiscountedMinor: 315n,
          discountMinor: 0n,
          lineTotalMinor: 315n,
          taxMinor: 32n,
          taxIncludedMinor: 0n,
          netMinor: 315n,
        },
        {
          undiscountedMinor: 108n,
          discountMinor: 0n,
          lineTotalMinor: 108n,
          taxMinor: 0n,
          taxIncludedMinor: 10n,
          netMinor: 98n,
        },
        {
          undiscountedMinor: 14n,
          discountMinor: 0n,
          lineTotalMinor: 14n,
          taxMinor: 0n,
          taxIncludedMinor: 0n,
          netMinor: 14n,
        },
      ],
      shipping: [
        {
          undiscountedMinor: 500n,
          discountMinor: 0n,
          lineTotalMinor: 500n,
          taxMinor: 50n,
          taxIncludedMinor: 0n,
          netMinor: 500n,
        },
      ],
      itemsMinor: 437n,
      discountMinor: 0n,
      taxMinor: 82n,
      taxIncludedMinor: 10n,
      shippingMinor: 500n,
      totalMinor: 1019n,
      taxes: [
        { rate: added, netMinor: 815n, taxMinor: 82n },
        { rate: within, netMinor: 98n, taxMinor: 10n },
      ],
    });
  });

  test("spreads the order's discount by largest remainder, over lines that have one of their own", () => {
    const { lines } = totalsOf({
      lines: [
        { quantity: 1n, unitMinor: 100n, discount: { percentMillionths: 500_000 } },
        { quantity: 1n, unitMinor: 30n },
        { quantity: 2n, unitMinor: 10n },
      ],
      orderDiscount: { amountMinor: 8n },
    });
    // Of 8: 4, 2.4 and 1.6.
    assert.deepEqual(
      lines.map(({ discountMinor }) => discountMinor),
      [54n, 2n, 2n],
    );
  });

  test("has an odd unit of a discount hit the same line in any order: the heaviest, then the one that is taxed most", () => {
    const half = { taxRateId: "c", name: "VAT", rateMillionths: 200_000, inclusive: false };
    const equal = [
      { quantity: 1n, unitMinor: 8n, rate: half },
      { quantity: 1n, unitMinor: 8n },
    ];
    const uneven = [
      { quantity: 1n, unitMinor: 3n },
      { quantity: 1n, unitMinor: 7n },
    ];
    for (const turn of [<One>(ones: One[]) => ones, <One>(ones: One[]) => ones.toReversed()]) {
      const odd = totalsOf({ lines: turn(equal), orderDiscount: { amountMinor: 1n } });
      assert.equal(odd.taxMinor, 1n, "of 7, not of 8");
      // Of 5: 1.5 and 3.5.
      const { lines } = totalsOf({ lines: turn(uneven), orderDiscount: { amountMinor: 5n } });
      assert.deepEqual(turn(lines.map(({ discountMinor }) => discountMinor)), [1n, 4n]);
    }
  });

  test("takes off all that there is when a discount is larger", () => {
    for (const discount of [{ amountMinor: 1000n }, { percentMillionths: 2_000_000 }]) {
      const line = { quantity: 3n, unitMinor: 33n, rate: added };
      assert.equal(totalsOf({ lines: [{ ...line, discount }] }).totalMinor, 0n);
      assert.equal(totalsOf({ lines: [line, line], orderDiscount: discount }).totalMinor, 0n);
    }
  });

  test("is exact up to the most that an order may be worth, and refuses one more", () => {
    const most = totalsOf({ lines: [{ quantity: 1n, unitMinor: mostMinor, rate: within }] });
    assert.equal(most.totalMinor, 999_999_999_999_999n);
    assert.equal(most.taxIncludedMinor, 90_909_090_909_091n);
    const refused = { code: "cart.worth_too_much" };
    assert.throws(() => totalsOf({ lines: [{ quantity: 1n, unitMinor: mostMinor + 1n }] }), refused);
    assert.throws(() => totalsOf({ lines: [{ quantity: 1n, unitMinor: mostMinor, rate: added }] }), refused);
    assert.throws(() => totalsOf({ lines: [{ quantity: 1_000_000n, unitMinor: mostMinor }] }), refused);
    const half = { quantity: 1n, unitMinor: mostMinor / 2n + 1n };
    assert.throws(() => totalsOf({ lines: [half, half] }), refused);
    assert.throws(() => totalsOf({ lines: [half], shipping: [{ amountMinor: half.unitMinor }] }), refused);
  });

  test("takes nothing negative", () => {
    assert.throws(() => totalsOf({ lines: [{ quantity: 1n, unitMinor: -1n }] }), RangeError);
    assert.throws(() => totalsOf({ lines: [{ quantity: -1n, unitMinor: 1n }] }), RangeError);
    for (const discount of [{ amountMinor: -1n }, { percentMillionths: -1_000_000 }]) {
      assert.throws(() => totalsOf({ lines: [{ quantity: 1n, unitMinor: 1n, discount }] }), RangeError);
    }
  });
});
