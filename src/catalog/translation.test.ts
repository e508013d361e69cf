import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { wordsNamed } from "../../test/support/given-products.ts";
import { canonicalLanguage, descriptorPattern, isPrintable, translationFor } from "./translation.ts";

function chosen(there: readonly string[], liked: readonly string[]): string | undefined {
  return translationFor(
    there.map((language) => ({ language, ...wordsNamed(language) })),
    liked,
  )?.language;
}

describe("translationFor", () => {
  const cases: [string, readonly string[], readonly string[], string | undefined][] = [
    ["the exact tag", ["en", "ja", "ja-JP"], ["ja-JP"], "ja-JP"],
    ["the exact tag in any case", ["en", "pt-BR"], ["PT-br"], "pt-BR"],
    ["the base language of a tag that is not there", ["en", "ja"], ["ja-JP"], "ja"],
    ["a tag cut as little as it must be", ["en", "zh", "zh-Hant"], ["zh-Hant-TW"], "zh-Hant"],
    ["another region of the same base before another language", ["en", "fr", "pt-BR"], ["pt-PT", "fr"], "pt-BR"],
    ["the most liked of several", ["de", "en", "ja"], ["fr", "ja", "de"], "ja"],
    ["English when nothing liked is there", ["de", "en", "ja"], ["fr"], "en"],
    ["any English for that", ["de", "en-GB", "ja"], ["fr"], "en-GB"],
    ["the first when English is not there either", ["de", "ja"], ["fr"], "de"],
    ["English for who says nothing", ["de", "en"], [], "en"],
    ["nothing when nothing is there", [], ["en"], undefined],
  ];
  for (const [what, there, liked, language] of cases)
    test(`chooses ${what}`, () => assert.equal(chosen(there, liked), language));

  test("always chooses one of those that are there, and an exact one when the most liked is", () => {
    const tag = fc.constantFrom<string[]>("en", "en-GB", "de", "de-AT", "ja", "zh-Hant", "pt-BR");
    fc.assert(
      fc.property(fc.uniqueArray(tag, { minLength: 1 }), fc.array(tag), (there, liked) => {
        const found = chosen(there, liked);
        assert.ok(found !== undefined && there.includes(found));
        const [first] = liked;
        if (first !== undefined && there.includes(first)) assert.equal(found, first);
      }),
    );
  });
});

describe("canonicalLanguage", () => {
  const cases: [string, string | undefined][] = [
    ["JA", "ja"],
    ["en-us", "en-US"],
    ["zh-hant-tw", "zh-Hant-TW"],
    ["x", undefined],
    ["en--us", undefined],
    ["de-AT-", undefined],
  ];
  for (const [tag, canonical] of cases)
    test(`reads ${tag} as ${canonical}`, () => assert.equal(canonicalLanguage(tag), canonical));
});

describe("what banks print", () => {
  const shape = new RegExp(descriptorPattern);
  const isTaken = (descriptor: string) => shape.test(descriptor) && isPrintable(descriptor);

  for (const good of ["", "ORDERWELL TEA", "A.B-C & D #1, 2/3"])
    test(`takes ${JSON.stringify(good)}`, () => assert.equal(isTaken(good), true));
  for (const bad of ["TEA <1>", "TEA>", "BACK\\SLASH", "O'HARA", 'THE "SHOP"', "TEA*2", "CAFÉ", "茶", "TAB\t"])
    test(`refuses ${JSON.stringify(bad)}`, () => assert.equal(isTaken(bad), false));
});
