import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { customerIdOf, localeOf, readDraft } from "./draft.ts";

function draftOf(currency: string, ...lines: [quantity: number, unitPrice: string][]) {
  const items = lines.map(([quantity, unitPrice]) => ({ productName: "Tea", quantity, unitPrice }));
  return { customerEmail: "ann@example.com", customerName: "Ann", currency, items };
}

function totalOf(currency: string, ...lines: [number, string][]): bigint | string[] {
  const reading = readDraft(draftOf(currency, ...lines));
  if ("faults" in reading) return reading.faults.map((fault) => fault.pointer);
  return reading.items.reduce((sum, item) => sum + item.lineTotalMinor, 0n);
}

describe("readDraft", () => {
  test("multiplies exactly", () => {
    assert.equal(totalOf("JPY", [2, "89800.0"]), 179_600n);
    assert.equal(totalOf("USD", [3, "0.1"]), 30n);
    assert.equal(totalOf("KWD", [1, "1.234"]), 1234n);
    assert.equal(totalOf("USD", [1_000_000, "9999999.99"]), 999_999_999_000_000n);
  });
  test("names every price that its currency cannot hold", () => {
    assert.deepEqual(totalOf("JPY", [1, "0.5"], [1, "10"], [1, "0.25"]), [
      "/items/0/unit_price",
      "/items/2/unit_price",
    ]);
  });
  test("refuses a total that is too large, though every line fits", () => {
    assert.deepEqual(totalOf("JPY", [1, "999999999999999"], [1, "1"]), ["/items"]);
    assert.equal(totalOf("JPY", [1, "999999999999999"]), 999_999_999_999_999n);
  });
  test("refuses a currency that does not exist", () => assert.deepEqual(totalOf("ABC", [1, "1"]), ["/currency"]));
  test("refuses a negative price and one beyond bounds", () => {
    assert.deepEqual(totalOf("USD", [1, "-1"]), ["/items/0/unit_price"]);
    assert.deepEqual(totalOf("USD", [1, "1e300"]), ["/items/0/unit_price"]);
  });
  test("numbers the lines and names their goods by it", () => {
    const reading = readDraft(draftOf("JPY", [1, "1"], [2, "2"]));
    assert.ok("items" in reading);
    assert.deepEqual(
      reading.items.map((item) => [item.line, item.sku]),
      [
        [1, "item-1"],
        [2, "item-2"],
      ],
    );
  });
});

describe("customerIdOf", () => {
  test("is the same for one address however it is capitalized", () => {
    assert.equal(customerIdOf("Ann@Example.com"), customerIdOf("ann@example.com"));
    assert.notEqual(customerIdOf("ann@example.com"), customerIdOf("bob@example.com"));
  });
});

describe("localeOf", () => {
  test("follows the request first and the currency else", () => {
    assert.equal(localeOf("en-US,en;q=0.9", "JPY"), "en");
    assert.equal(localeOf("ja", "USD"), "ja");
    assert.equal(localeOf(undefined, "JPY"), "ja");
    assert.equal(localeOf("de-DE", "USD"), "en");
    assert.equal(localeOf("*", "JPY"), "ja");
  });

  test("takes the best liked of the languages that we write", () => {
    assert.equal(localeOf("fr, ja;q=0.5", "USD"), "ja");
    assert.equal(localeOf("en;q=0.1, JA-jp", "USD"), "ja");
    assert.equal(localeOf("ja;q=0, fr", "USD"), "en");
    assert.equal(localeOf("jav, enm", "JPY"), "ja");
    assert.equal(localeOf("jav", "USD"), "en");
  });
});
