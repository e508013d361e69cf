import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { entityTag, matchesStrongly, matchesWeakly, parseTags } from "./entity-tag.ts";

describe("entityTag", () => {
  test("is a quoted tag that stays with the same answer", () => {
    const view = { total_amount: 9007199254740993n, items: [{ sku: "MUG" }] };
    assert.match(entityTag(view), /^"[\w-]{22}"$/);
    assert.equal(entityTag(view), entityTag(structuredClone(view)));
  });

  test("is another one for the smallest difference", () => {
    const tags = [{ total: 9007199254740993n }, { total: 9007199254740992n }, { total: "9007199254740993" }].map(
      entityTag,
    );
    assert.equal(new Set(tags).size, 3);
  });
});

describe("parseTags", () => {
  const cases: [string, ReturnType<typeof parseTags>][] = [
    ['"a"', ['"a"']],
    ['"a", W/"b"', ['"a"', 'W/"b"']],
    [' , "a",, "b" ,', ['"a"', '"b"']],
    ['"with, a comma"', undefined],
    ['"a,b"', ['"a,b"']],
    ['""', ['""']],
    [" * ", "*"],
    ["", undefined],
    [",", undefined],
    ["a", undefined],
    ['w/"a"', undefined],
    ['"a" "b"', undefined],
    ['"a', undefined],
    ['"a", *', undefined],
    ['"a"b', undefined],
  ];
  for (const [text, expected] of cases) {
    test(`reads ${text || "nothing"} as ${expected ? "tags" : "none"}`, () =>
      assert.deepEqual(parseTags(text), expected));
  }

  test("is quick about a long list", () => {
    assert.equal(parseTags(`${'"a",'.repeat(4_000)}"`), undefined);
  });
});

describe("a weak tag", () => {
  test("names what the reader has, and is not enough for a write", () => {
    assert.equal(matchesWeakly(['W/"a"'], '"a"'), true);
    assert.equal(matchesStrongly(['W/"a"'], '"a"'), false);
  });
});

describe("a strong tag and a star", () => {
  test("are enough for both", () => {
    for (const named of [['"b"', '"a"'], "*"] as const) {
      assert.equal(matchesWeakly(named, '"a"'), true);
      assert.equal(matchesStrongly(named, '"a"'), true);
    }
    assert.equal(matchesStrongly(['"b"'], '"a"'), false);
  });
});
