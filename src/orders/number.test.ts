import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { orderIdOfNumber, orderNumber } from "./number.ts";

describe("orderNumber", () => {
  test("has 8 digits up to the hundred-millionth order and 10 from there", () => {
    assert.match(orderNumber(1n), /^ORD-\d{8}$/);
    assert.match(orderNumber(99_999_999n), /^ORD-\d{8}$/);
    assert.match(orderNumber(100_000_000n), /^ORD-\d{10}$/);
  });
  test("never changes for an id, since mails carry it", () => {
    assert.deepEqual([1n, 2n, 42n, 123_456_789n].map(orderNumber), [
      "ORD-47327382",
      "ORD-73945163",
      "ORD-82767627",
      "ORD-7491763000",
    ]);
  });
  test("is another one for every id", () => {
    const numbers = new Set(Array.from({ length: 20_000 }, (_, id) => orderNumber(BigInt(id + 1))));
    assert.equal(numbers.size, 20_000);
  });
  test("does not grow with the id", () => {
    const numbers = Array.from({ length: 100 }, (_, id) => orderNumber(BigInt(id + 1)));
    const rising = numbers.filter((number, index) => index > 0 && number > (numbers[index - 1] as string));
    assert.ok(rising.length > 20 && rising.length < 80, `${rising.length} of 99 steps rise`);
  });
});

describe("orderIdOfNumber", () => {
  test("answers the id that the number was made from", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 17n }), (id) => assert.equal(orderIdOfNumber(orderNumber(id)), id)),
    );
  });
  test("answers nothing for what is no number", () => {
    for (const text of ["", "ORD-", "ORD-1", "ORD-123456789", "ord-12345678", "ORD-1234567x", "ORD-１２３４５６７８"]) {
      assert.equal(orderIdOfNumber(text), undefined, text);
    }
  });
});
