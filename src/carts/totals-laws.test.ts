import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { mostMinor } from "../platform/money.ts";
import { type Discount, type PartAmounts, refundShare, type Sale, type SaleTax, taxOf, totalsOf } from "./totals.ts";

const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
const paidOf = ({ lineTotalMinor, taxMinor }: PartAmounts) => lineTotalMinor + taxMinor;

/** Often the same, so that there are equal lines; else anything. */
const anyMillionths = fc.oneof(fc.constantFrom(0, 80_000, 200_000), fc.integer({ min: 0, max: 1_000_000 }));
const anyRate: fc.Arbitrary<SaleTax | null> = fc.option(
  fc.record({ rateMillionths: anyMillionths, inclusive: fc.boolean() }).map((rate) => ({
    ...rate,
    taxRateId: `${rate.rateMillionths} ${rate.inclusive}`,
    name: "Tax",
  })),
);
const anyDiscount: fc.Arbitrary<{ discount?: Discount }> = fc.oneof(
  fc.constant({}),
  fc.bigInt({ min: 0n, max: 2_000_000n }).map((amountMinor) => ({ discount: { amountMinor } })),
  fc.integer({ min: 0, max: 1_200_000 }).map((percentMillionths) => ({ discount: { percentMillionths } })),
);
const anyLine = fc
  .record({
    quantity: fc.bigInt({ min: 1n, max: 1000n }),
    unitMinor: fc.oneof(fc.bigInt({ min: 0n, max: 20n }), fc.bigInt({ min: 0n, max: 1_000_000n })),
    rate: anyRate,
  })
  .chain((line) => anyDiscount.map((discount) => ({ ...line, ...discount })));
const anyShipping = fc.record({ amountMinor: fc.bigInt({ min: 0n, max: 5000n }), rate: anyRate });
const anySale: fc.Arbitrary<Sale> = fc
  .record({
    lines: fc.array(anyLine, { maxLength: 12 }),
    shipping: fc.array(anyShipping, { maxLength: 2 }),
    order: anyDiscount,
    includesShipping: fc.boolean(),
  })
  .map(({ order, includesShipping, ...sale }) =>
    order.discount ? { ...sale, orderDiscount: { ...order.discount, includesShipping } } : sale,
  );

describe("totalsOf, whatever is sold", () => {
  test("has parts that sum to the whole", () => {
    fc.assert(
      fc.property(anySale, (sale) => {
        const totals = totalsOf(sale);
        const parts = [...totals.lines, ...totals.shipping];
        for (const part of parts) {
          assert.equal(part.lineTotalMinor, part.undiscountedMinor - part.discountMinor);
          assert.equal(part.netMinor + part.taxIncludedMinor, part.lineTotalMinor);
        }
        const of = (name: keyof PartAmounts) => sum(parts.map((part) => part[name]));
        assert.equal(totals.itemsMinor, sum(totals.lines.map(({ lineTotalMinor }) => lineTotalMinor)));
        assert.equal(totals.shippingMinor, sum(totals.shipping.map(({ lineTotalMinor }) => lineTotalMinor)));
        assert.equal(totals.totalMinor, totals.itemsMinor + totals.shippingMinor + totals.taxMinor);
        assert.equal(totals.totalMinor, of("netMinor") + totals.taxMinor + totals.taxIncludedMinor);
        assert.equal(totals.discountMinor, of("discountMinor"));
        assert.equal(sum(totals.taxes.map(({ taxMinor }) => taxMinor)), totals.taxMinor + totals.taxIncludedMinor);
        const taxed = [...sale.lines, ...(sale.shipping ?? [])].flatMap(({ rate }, index) => (rate ? [index] : []));
        assert.equal(
          sum(totals.taxes.map(({ netMinor }) => netMinor)),
          sum(taxed.map((index) => parts[index]?.netMinor ?? 0n)),
        );
      }),
    );
  });

  test("has no amount below zero, whatever is taken off", () => {
    fc.assert(
      fc.property(anySale, (sale) => {
        const totals = totalsOf(sale);
        const amounts = [...totals.lines, ...totals.shipping].flatMap((part) => Object.values(part) as bigint[]);
        assert.ok([...amounts, totals.totalMinor, totals.discountMinor].every((amount) => amount >= 0n));
      }),
    );
  });

  test("comes to the same in any order of the lines", () => {
    const shuffled = anySale.chain((sale) =>
      fc
        .shuffledSubarray([...sale.lines], { minLength: sale.lines.length })
        .map((lines) => [sale, { ...sale, lines }] as const),
    );
    fc.assert(
      fc.property(shuffled, ([sale, other]) => {
        const { lines, ...sums } = totalsOf(sale);
        const { lines: otherLines, ...otherSums } = totalsOf(other);
        assert.deepEqual(otherSums, sums);
        assert.equal(otherLines.length, lines.length);
      }),
    );
  });

  test("takes the order's discount off to the last unit, and from nobody more than there is", () => {
    fc.assert(
      fc.property(
        fc.array(anyLine, { maxLength: 12 }),
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        (lines, amountMinor) => {
          const before = totalsOf({ lines });
          const after = totalsOf({ lines, orderDiscount: { amountMinor } });
          const off = before.itemsMinor - after.itemsMinor;
          const leftMinor = before.itemsMinor - amountMinor;
          assert.equal(after.itemsMinor, leftMinor < 0n ? 0n : leftMinor);
          for (const [index, line] of after.lines.entries()) {
            const whole = before.lines[index]?.lineTotalMinor ?? 0n;
            const share = whole - line.lineTotalMinor;
            const distance = share * before.itemsMinor - off * whole;
            assert.ok((distance < 0n ? -distance : distance) < (before.itemsMinor || 1n), "its share, but for a unit");
          }
        },
      ),
    );
  });

  test("rounds each tax by half a unit at most", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: mostMinor / 2n }), anyRate, (amountMinor, rate) => {
        const millionths = BigInt(rate?.rateMillionths ?? 0);
        const divisor = rate?.inclusive ? 1_000_000n + millionths : 1_000_000n;
        const distance = 2n * (taxOf(amountMinor, rate) * divisor - amountMinor * millionths);
        assert.ok(distance <= divisor && -distance < divisor, "half away from zero is up");
      }),
    );
  });

  test("prices a net amount and the gross amount that contains it alike, but for the rounding of a line", () => {
    const anyAmount = fc.bigInt({ min: 0n, max: mostMinor / 4n });
    fc.assert(
      fc.property(anyAmount, fc.integer({ min: 0, max: 1_000_000 }), (unitMinor, rateMillionths) => {
        const one = (unit: bigint, inclusive: boolean) =>
          totalsOf({
            lines: [
              { quantity: 1n, unitMinor: unit, rate: { taxRateId: "a", name: "VAT", rateMillionths, inclusive } },
            ],
          }).lines[0] as PartAmounts;
        const inclusive = one(unitMinor, true);
        const again = one(inclusive.netMinor, false);
        const distance = paidOf(again) - unitMinor;
        assert.ok(distance >= -1n && distance <= 1n, `${unitMinor} became ${paidOf(again)}`);
        const exclusive = one(unitMinor, false);
        const back = one(paidOf(exclusive), true).netMinor - unitMinor;
        assert.ok(back >= -1n && back <= 1n, `${unitMinor} came back as ${back} more`);
      }),
    );
  });

  test("goes back piece by piece as it was paid, never more and in the end all of it", () => {
    const returned = anySale.chain((sale) => fc.array(fc.nat({ max: 999 })).map((cuts) => ({ sale, cuts })));
    fc.assert(
      fc.property(returned, ({ sale, cuts }) => {
        const totals = totalsOf(sale);
        for (const [index, { quantity }] of sale.lines.entries()) {
          const line = totals.lines[index] as PartAmounts;
          const ends = [...cuts.map((cut) => BigInt(cut) % (quantity + 1n)), quantity].sort((one, other) =>
            Number(one - other),
          );
          let before = 0n;
          let paidMinor = 0n;
          let taxIncludedMinor = 0n;
          for (const end of ends) {
            const share = refundShare(line, { quantity, before, pieces: end - before });
            assert.ok(share.lineTotalMinor >= 0n && share.taxMinor >= 0n && share.taxIncludedMinor >= 0n);
            paidMinor += share.paidMinor;
            taxIncludedMinor += share.taxIncludedMinor;
            before = end;
            assert.ok(paidMinor <= paidOf(line));
          }
          assert.equal(paidMinor, paidOf(line));
          assert.equal(taxIncludedMinor, line.taxIncludedMinor);
        }
      }),
    );
  });
});
