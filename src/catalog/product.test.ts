import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tea } from "../../test/support/given-products.ts";
import { differencesOf } from "./difference.ts";
import { productFaults, productKeyPattern } from "./product.ts";

describe("productFaults", () => {
  test("finds nothing wrong with what is sent, handed over or neither", () => {
    for (const [shippable, consumable] of [
      [true, false],
      [false, true],
      [false, false],
    ] as const)
      assert.deepEqual(productFaults({ ...tea, shippable, consumable }), []);
  });

  test("refuses what is sent and handed over, and a key that would be taken for an id", () => {
    const key = "019AB3C0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";
    const faults = productFaults({ ...tea, key, shippable: true, consumable: true });
    assert.deepEqual(
      faults.map(({ pointer }) => pointer),
      ["/key", "/consumable"],
    );
  });
});

describe("productKeyPattern", () => {
  const key = new RegExp(productKeyPattern);

  for (const good of ["a", "A-1", "sencha_100g", "v1.2~b", "x".repeat(100)])
    test(`takes ${good.slice(0, 20)}`, () => assert.match(good, key));

  for (const bad of ["", ".", "..", "-a", "a b", "a/b", "a%20", "茶", "a\n", "x".repeat(101)])
    test(`refuses ${JSON.stringify(bad).slice(0, 20)}`, () => assert.doesNotMatch(bad, key));
});

describe("differencesOf", () => {
  test("names what changed, before and after, as JSON can say it", () => {
    const noon = new Date("2026-11-23T12:00:00.000Z");
    const before = { amount: 1n, name: "a", from: null as Date | null, same: noon };
    const after = { ...before, amount: 2n, from: noon, same: new Date(noon) };
    assert.deepEqual(differencesOf(before, after), {
      amount: ["1", "2"],
      from: [null, "2026-11-23T12:00:00.000Z"],
    });
  });

  test("finds nothing between equals", () => {
    assert.deepEqual(differencesOf(tea, { ...tea }), {});
  });
});
