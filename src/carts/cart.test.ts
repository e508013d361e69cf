import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CartLine, type CartWithLines, canMerge, newCart, touched, withPieces } from "./cart.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");

function lineOf(priceId: string, quantity = 1n): CartLine {
  return { lineId: `line of ${priceId}`, priceId, quantity, agreedUnitMinor: 100n, addedAt: noon };
}

function cartOf(lines: readonly CartLine[], currency = "JPY"): CartWithLines {
  return { ...newCart({ cartId: "cart", owner: "user/ann", kind: "current", currency }, noon), lines };
}

const manyLines = Array.from({ length: 100 }, (_, index) => lineOf(`price ${index}`));

describe("withPieces", () => {
  test("adds a line in the order of the ids, or pieces to the one with the same price", () => {
    const cart = withPieces(cartOf([lineOf("tea", 2n)]), lineOf("mug"));
    assert.deepEqual(cart.lines, [lineOf("mug"), lineOf("tea", 2n)]);
    const more = withPieces(cart, { ...lineOf("tea", 3n), lineId: "another", agreedUnitMinor: 90n });
    assert.deepEqual(more.lines, [lineOf("mug"), lineOf("tea", 5n)]);
  });

  test("refuses what is more than a cart may have", () => {
    assert.throws(() => withPieces(cartOf(manyLines), lineOf("one more")), { code: "cart.too_many_lines" });
    const full = cartOf([lineOf("tea", 1_000_000n)]);
    assert.throws(() => withPieces(full, lineOf("tea")), { code: "cart.too_many_pieces" });
  });
});

describe("canMerge", () => {
  test("is so for one currency and no more than a cart may have", () => {
    assert.ok(canMerge(cartOf([lineOf("tea")]), cartOf([lineOf("tea"), lineOf("mug")])));
    assert.ok(canMerge(cartOf(manyLines), cartOf([lineOf("price 7")])));
    assert.ok(canMerge(cartOf([lineOf("tea", 999_999n)]), cartOf([lineOf("tea")])));
  });

  test("is not so where something would be lost", () => {
    assert.ok(!canMerge(cartOf([lineOf("tea")]), cartOf([lineOf("tea")], "USD")));
    assert.ok(!canMerge(cartOf(manyLines), cartOf([lineOf("tea")])));
    assert.ok(!canMerge(cartOf([lineOf("tea", 999_999n)]), cartOf([lineOf("tea", 2n)])));
  });
});

describe("touched", () => {
  test("makes a cart no older than it was", () => {
    const later = new Date(noon.getTime() + 1);
    assert.equal(touched(cartOf([]), later).updatedAt, later);
    assert.equal(touched(touched(cartOf([]), later), noon).updatedAt, later);
  });
});
