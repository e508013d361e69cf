import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { languagesOf } from "./read-languages.ts";

describe("languagesOf", () => {
  const cases: [string | undefined, string[]][] = [
    [undefined, []],
    ["", []],
    ["*", []],
    ["ja", ["ja"]],
    ["en;q=0.5, ja", ["ja", "en"]],
    ["fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", ["fr-CH", "fr", "en", "de"]],
    ["en;q=0.8, ja;q=0.8, de;q=0.8", ["en", "ja", "de"]],
    ["de;q=0, ja", ["ja"]],
    ["EN-us, en-US;q=0.9", ["en-US"]],
    ["zh-hant-tw", ["zh-Hant-TW"]],
    ["en, ;, q=1, 12, ja", ["en", "ja"]],
    ["en-US-u-ca-gregory", []],
    ["<script>, ja", ["ja"]],
  ];
  for (const [header, languages] of cases)
    test(`reads ${JSON.stringify(header)}`, () => assert.deepEqual(languagesOf(header), languages));

  test("knows twenty at most, and the beginning of a header that is too long", () => {
    const letters = "abcdefghijklmnopqrstuvwxyz";
    const tags = [...letters].flatMap((one) => [...letters].map((other) => `${one}${other}`));
    assert.deepEqual(
      languagesOf(tags.join(",")),
      tags.slice(0, 20).map((tag) => languagesOf(tag)[0]),
    );
    assert.deepEqual(languagesOf(`ja,${"x".repeat(2_000)}`), ["ja"]);
  });

  test("never fails, whatever the header is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (header) => assert.ok(Array.isArray(languagesOf(header)))),
    );
  });
});
