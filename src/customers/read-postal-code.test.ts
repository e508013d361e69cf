import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { iso31661, iso31662 } from "iso-3166";
import { loadPlaces } from "../platform/load-places.ts";
import { readPostalCode } from "./read-postal-code.ts";
import { readCountry, readRegion } from "./read-region.ts";

function kept(text: string, country: string): string | null | undefined {
  const read = readPostalCode(text, country);
  return "value" in read ? read.value : undefined;
}

describe("readPostalCode", () => {
  for (const [country, sent, expected] of [
    ["GB", "ec1a 1bb", "EC1A 1BB"],
    ["GB", "M11AE", "M1 1AE"],
    ["JP", "〒", undefined],
    ["JP", "100ー0001", "100-0001"],
    ["DE", "D-10117", undefined],
    ["DE", "DE-10117", "10117"],
    ["DE", "1011", undefined],
    ["MD", "MD-2001", "2001"],
    ["LV", "LV-1010", "LV-1010"],
    ["AR", "1425", "1425"],
    ["AR", "C1425CLA", "C1425CLA"],
    ["KZ", "A15E3B5", "A15E3B5"],
    ["SA", "12345-6789", "12345-6789"],
    ["US", "9410", undefined],
    ["US", "94103 1234", "94103-1234"],
    ["IN", "110001\u200f", undefined],
    ["HK", "999077", "999077"],
    ["HK", "#", undefined],
    ["PA", "", null],
    ["PA", "0801", "0801"],
  ] as const)
    test(`reads ${JSON.stringify(sent)} in ${country}`, () => assert.equal(kept(sent, country), expected));

  test("knows a rule for every country", () => {
    for (const { alpha2 } of iso31661) {
      const none = readPostalCode("", alpha2);
      assert.ok("fault" in none || none.value === null);
      assert.equal(kept("?", alpha2), undefined);
    }
  });
});

describe("readCountry and readRegion", () => {
  test("know all countries, and no other code", async () => {
    const places = await loadPlaces();
    assert.equal(iso31661.length, 249);
    for (const { alpha2 } of iso31661) assert.deepEqual(readCountry(alpha2.toLowerCase(), places), { value: alpha2 });
    for (const other of ["", "D", "DEU", "UK", "EU", "XK", "ZZ", "D\u0000", "__proto__"])
      assert.ok("fault" in readCountry(other, places));
  });

  test("know all regions, with and without their country", async () => {
    const places = await loadPlaces();
    for (const { code } of iso31662) {
      const [country = "", ...rest] = code.split("-");
      assert.deepEqual(readRegion(code, country, places), { value: code });
      assert.deepEqual(readRegion(rest.join("-").toLowerCase(), country, places), { value: code });
    }
  });

  for (const [country, sent, expected] of [
    ["US", "US-CA", "US-CA"],
    ["US", "ca", "US-CA"],
    ["US", "ap", "US-AP"],
    ["CA", "AP", undefined],
    ["US", "CA-CA", undefined],
    ["US", "California", undefined],
    ["CA", "QC", "CA-QC"],
    ["GB", "ENG", "GB-ENG"],
    ["JP", "１３", "JP-13"],
    ["HK", "KLN", undefined],
    ["DE", "DE-", undefined],
    ["DE", " ", null],
  ] as const)
    test(`read ${sent} in ${country}`, async () => {
      const read = readRegion(sent, country, await loadPlaces());
      assert.equal("value" in read ? read.value : undefined, expected);
    });
});
