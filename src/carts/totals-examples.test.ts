import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseMinor } from "../platform/money.ts";
import {
  type Discount,
  type PartAmounts,
  refundShare,
  type Sale,
  type SaleTax,
  type Totals,
  totalsOf,
} from "./totals.ts";

interface CaseDiscount {
  percent?: number;
  amount?: number;
  includes_shipping?: boolean;
}

interface CaseLine {
  unit_amount: number | string;
  quantity: number | string;
  tax_rate_percent: number | number[];
  price_includes_tax?: boolean;
  discount?: CaseDiscount;
}

/** A worked example of other shops, from test/data/totals/cases.json. */
interface Case {
  source: string;
  name: string;
  prices_include_tax: boolean;
  lines: CaseLine[];
  shipping?: { amount: number; tax_rate_percent: number; discount?: CaseDiscount }[];
  order_discount?: CaseDiscount;
  expected: {
    subtotal?: number;
    net_total?: number;
    tax_total?: number;
    total: number;
    shipping_net?: number;
    shipping_gross?: number;
    per_line?: { net: number; tax: number; gross: number }[];
    tax_breakdown?: { rate: number; base: number; tax: number }[];
  };
  returns?: { line: number; quantity: number; expected_refund: number }[];
}

const cases: Case[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../test/data/totals/cases.json"), "utf8"),
) as Case[];

const titleOf = ({ source, name }: Case) => `${source}: ${name}`;

/** What no sale of ours can be, and why. */
const inexpressible: Readonly<Record<string, string>> = {
  "vendure:order-calculator.spec: net line, tax-inclusive negative surcharge": "a price is not negative",
  "woocommerce:classic-commerce unit tests: sub-minor unit prices": "a price has no fractions of a minor unit",
  "woocommerce:classic-commerce unit tests: same, tax-exempt": "a quantity is whole",
};

/** Cases whose two rates on one line become one, since a line has one: the sums are the same, and there is no split of them. */
const addedUp = [
  "vendure:order-calculator.spec: state 4% plus city 4.5%",
  "vendure:order.entity.spec: two rates on each line",
];

function whyNot({ lines }: Case): string | undefined {
  if (lines.some(({ unit_amount }) => Number(unit_amount) < 0)) return "a price is not negative";
  if (lines.some(({ unit_amount }) => !/^\d+$/.test(String(unit_amount))))
    return "a price has no fractions of a minor unit";
  if (lines.some(({ quantity }) => !/^\d+$/.test(String(quantity)))) return "a quantity is whole";
  return undefined;
}

/** 13.55 percent in millionths, by its digits. */
function millionthsOf(percent: number): number {
  const millionths = parseMinor(String(percent), 4);
  assert.equal(typeof millionths, "bigint");
  return Number(millionths);
}

function rateOf(percent: number | number[], inclusive: boolean): SaleTax {
  const millionths = [percent].flat().map(millionthsOf);
  const rateMillionths = millionths.reduce((sum, one) => sum + one, 0);
  return { taxRateId: `rate-${rateMillionths}`, name: `${rateMillionths}`, rateMillionths, inclusive };
}

function discountOf(given: CaseDiscount | undefined): { discount?: Discount } {
  if (!given) return {};
  const { percent, amount = 0 } = given;
  return {
    discount: percent === undefined ? { amountMinor: BigInt(amount) } : { percentMillionths: millionthsOf(percent) },
  };
}

function saleOf(given: Case): Sale {
  const { discount: orderDiscount } = discountOf(given.order_discount);
  return {
    lines: given.lines.map((line) => ({
      quantity: BigInt(line.quantity),
      unitMinor: BigInt(line.unit_amount),
      rate: rateOf(line.tax_rate_percent, given.prices_include_tax),
      ...discountOf(line.discount),
    })),
    shipping: (given.shipping ?? []).map(({ amount, tax_rate_percent, discount }) => ({
      amountMinor: BigInt(amount),
      rate: rateOf(tax_rate_percent, given.prices_include_tax),
      ...discountOf(discount),
    })),
    ...(orderDiscount
      ? {
          orderDiscount: { ...orderDiscount, includesShipping: given.order_discount?.includes_shipping === true },
        }
      : {}),
  };
}

const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
const netOf = (parts: readonly PartAmounts[]) => sum(parts.map(({ netMinor }) => netMinor));
const paidOf = ({ lineTotalMinor, taxMinor }: PartAmounts) => lineTotalMinor + taxMinor;

/** The totals in the words of a case, as far as the case has them. */
function answerTo(totals: Totals, given: Case): Case["expected"] {
  const all: Required<Case["expected"]> = {
    subtotal: Number(netOf(totals.lines)),
    net_total: Number(netOf([...totals.lines, ...totals.shipping])),
    tax_total: Number(totals.taxMinor + totals.taxIncludedMinor),
    total: Number(totals.totalMinor),
    shipping_net: Number(netOf(totals.shipping)),
    shipping_gross: Number(sum(totals.shipping.map(paidOf))),
    per_line: totals.lines.map((line) => ({
      net: Number(line.netMinor),
      tax: Number(line.taxMinor + line.taxIncludedMinor),
      gross: Number(paidOf(line)),
    })),
    tax_breakdown: totals.taxes.map(({ rate, netMinor, taxMinor }) => ({
      rate: rate.rateMillionths / 10_000,
      base: Number(netMinor),
      tax: Number(taxMinor),
    })),
  };
  const { tax_breakdown: _, ...withoutSplit } = all;
  const shown = addedUp.includes(titleOf(given)) ? withoutSplit : all;
  return Object.fromEntries(
    Object.entries(shown).filter(([name]) => name in given.expected),
  ) as unknown as Case["expected"];
}

describe("totalsOf, by the examples of other shops", () => {
  test("leaves out those that no sale of ours can be, and no other", () => {
    const left = cases.flatMap((one) => {
      const why = whyNot(one);
      return why === undefined ? [] : [[titleOf(one), why]];
    });
    assert.deepEqual(Object.fromEntries(left), inexpressible);
    const several = cases.filter(({ lines }) => lines.some((line) => Array.isArray(line.tax_rate_percent)));
    assert.deepEqual(several.map(titleOf), addedUp);
    assert.equal(cases.length, 32);
  });

  for (const given of cases.filter((one) => whyNot(one) === undefined)) {
    test(`agrees with ${titleOf(given)}`, () => {
      const { tax_breakdown, ...expected } = given.expected;
      const wanted = addedUp.includes(titleOf(given)) || !tax_breakdown ? expected : given.expected;
      const totals = totalsOf(saleOf(given));
      assert.deepEqual(answerTo(totals, given), wanted);
      for (const { line, quantity, expected_refund } of given.returns ?? []) {
        const sold = { quantity: BigInt(given.lines[line]?.quantity ?? 0), before: 0n, pieces: BigInt(quantity) };
        assert.equal(refundShare(totals.lines[line] as PartAmounts, sold).paidMinor, BigInt(expected_refund));
      }
    });
  }
});
