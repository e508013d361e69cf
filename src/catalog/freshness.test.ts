import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cacheControl } from "./freshness.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");

describe("cacheControl", () => {
  const cases: [number | null, string][] = [
    [null, "public, max-age=10, stale-while-revalidate=50"],
    [3_600_000, "public, max-age=10, stale-while-revalidate=50"],
    [60_000, "public, max-age=10, stale-while-revalidate=50"],
    [59_999, "public, max-age=10, stale-while-revalidate=49"],
    [10_000, "public, max-age=10, stale-while-revalidate=0"],
    [3_999, "public, max-age=3, stale-while-revalidate=0"],
    [999, "public, max-age=0, stale-while-revalidate=0"],
    [0, "public, max-age=0, stale-while-revalidate=0"],
    [-5_000, "public, max-age=0, stale-while-revalidate=0"],
  ];
  for (const [leftMs, header] of cases)
    test(`says ${header} with ${leftMs} ms left`, () => {
      const until = leftMs === null ? null : new Date(noon.getTime() + leftMs);
      assert.equal(cacheControl(until, noon), header);
    });
});
