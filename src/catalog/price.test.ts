import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tenDollars } from "../../test/support/given-products.ts";
import { type PriceTerms, priceFaults } from "./price.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");
const one = new Date("2026-11-23T13:00:00.000Z");

function pointersOf(wanted: Partial<PriceTerms>): string[] {
  return priceFaults({ ...tenDollars, ...wanted }).map(({ pointer }) => pointer);
}

describe("priceFaults", () => {
  const good: Partial<PriceTerms>[] = [
    {},
    { unitAmountMinor: 0n },
    { unitAmountMinor: 999_999_999_999_999n },
    { currency: "JPY", interval: "month", intervalCount: 12 },
    { interval: "day", intervalCount: 365 },
    { validFrom: noon, validUntil: one },
    { validFrom: noon },
    { validUntil: noon },
  ];
  for (const [index, terms] of good.entries())
    test(`finds nothing wrong with good price ${index + 1}`, () => assert.deepEqual(pointersOf(terms), []));

  const bad: [string, Partial<PriceTerms>, string[]][] = [
    ["a negative amount", { unitAmountMinor: -1n }, ["/unit_amount"]],
    ["more than money can be", { unitAmountMinor: 1_000_000_000_000_000n }, ["/unit_amount"]],
    ["a currency that nobody has", { currency: "ABC" }, ["/currency"]],
    ["no interval at all", { interval: "week", intervalCount: 0 }, ["/interval_count"]],
    ["too many intervals", { interval: "day", intervalCount: 366 }, ["/interval_count"]],
    ["a count of what is paid once", { intervalCount: 2 }, ["/interval_count"]],
    ["a span that is empty", { validFrom: noon, validUntil: noon }, ["/valid_until"]],
    ["a span that runs backwards", { validFrom: one, validUntil: noon }, ["/valid_until"]],
    [
      "several faults at once",
      { unitAmountMinor: -1n, currency: "ABC", intervalCount: 2, validFrom: one, validUntil: noon },
      ["/unit_amount", "/currency", "/interval_count", "/valid_until"],
    ],
  ];
  for (const [what, terms, pointers] of bad)
    test(`tells of ${what}`, () => assert.deepEqual(pointersOf(terms), pointers));
});
