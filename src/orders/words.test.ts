import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import type { Tx } from "../platform/db.ts";
import { addressWord, exactWord, queryOfText, queryOfWords, wordsOf } from "./words.ts";

async function finds(tx: Tx, texts: readonly string[], query: string | undefined): Promise<boolean> {
  const words = wordsOf(texts).join(" ");
  const [row] = await ask<{ found: boolean }>(
    tx,
    "select array_to_tsvector(string_to_array($1::text, ' ')) @@ $2::text::tsquery as found",
    [words, query ?? ""],
  );
  return row?.found ?? false;
}

const found: readonly (readonly [text: string, query: string])[] = [
  ["Assam Tea, 500 g", "tea assam"],
  ["Assam Tea", "ASS"],
  ["José Müller", "jose muller"],
  ["Jose Muller", "JOSÉ MÜLLER"],
  ["ΟΔΥΣΣΕΥΣ", "οδυσ"],
  ["ノートパソコン", "パソコン"],
  ["ノートパソコン", "ン"],
  ["ノートパソコン", "ト"],
  ["ガラスのコップ", "ｶﾞﾗｽ"],
  ["ｶﾞﾗｽ", "ガラス"],
  ["Ｈｅｌｌｏ　Ｗｏｒｌｄ", "hello world"],
  ["iPhone用ケース", "iphone ケース"],
  ["田中太郎", "太郎"],
  ["ann.smith@example.com", "ann.smith@example.com"],
  ["ann.smith@example.com", "ann.smith@exa"],
  ["ann.smith@example.com", "smith example"],
  ["A-100/5", "a-100/5"],
  ["27180435", "ORD-27180435"],
  ["27180435", "ord-2718"],
  ["O'Brien \\ Sons & Co", "o'brien \\ & co"],
  ["ขนมปัง", "ปัง"],
  ["x".repeat(100), "x".repeat(90)],
];

const notFound: readonly (readonly [text: string, query: string])[] = [
  ["Assam Tea", "assam coffee"],
  ["Assam Tea", "sam"],
  ["ガラス", "カラス"],
  ["ノートパソコン", "コンパ"],
  ["ann.smith@example.com", "smith@example.com"],
  ["currency jpy", "=currency:jpy x"],
];

describe("words", () => {
  for (const [text, query] of found) {
    test(
      `find ${JSON.stringify(text.slice(0, 30))} by ${JSON.stringify(query.slice(0, 30))}`,
      inTx(async (tx) => assert.equal(await finds(tx, ["another text", text], queryOfText(query)?.all), true)),
    );
  }

  for (const [text, query] of notFound) {
    test(
      `do not find ${JSON.stringify(text)} by ${JSON.stringify(query)}`,
      inTx(async (tx) => assert.equal(await finds(tx, [text], queryOfText(query)?.all), false)),
    );
  }

  test(
    "find any text by any part between its spaces, and by all of it",
    inTx(async (tx) => {
      const text = fc.string({ unit: "grapheme", maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(fc.array(text, { maxLength: 4 }), fc.nat(), async (texts, pick) => {
          const parts = texts.flatMap((one) => one.split(/\s+/)).filter((part) => queryOfText(part) !== undefined);
          const part = parts[pick % parts.length];
          if (part === undefined) return;
          assert.ok(await finds(tx, texts, queryOfText(part)?.all), JSON.stringify({ texts, part }));
          const whole = texts.flatMap((one) => queryOfText(one)?.all ?? []);
          assert.ok(await finds(tx, texts, whole.join(" & ")), JSON.stringify({ texts, whole }));
        }),
        { numRuns: 300 },
      );
    }),
  );

  test(
    "find nothing by a text that has none, whatever is in it",
    inTx(async (tx) => {
      assert.deepEqual(["", "  ", "!?&|'\\:*()", "。、"].map(queryOfText), Array(4).fill(undefined));
      const [row] = await ask<{ query: string }>(tx, "select $1::text::tsquery as query", [
        queryOfText("it's \\ 'a':* & (b | c) <-> !d")?.all ?? "",
      ]);
      assert.equal(row?.query, "'it':* & 's':* & 'a':* & 'b':* & 'c':* & 'd':*");
    }),
  );

  test("that tell little are left to the others when they are looked up", () => {
    assert.equal(queryOfText("t assam")?.telling, "'assam':*");
    assert.equal(queryOfText("t 電")?.telling, "'t':* & '電':*");
    assert.equal(queryOfText("t 電気")?.telling, "'電気'");
    assert.equal(queryOfText("t ann@b")?.telling, "'@ann@b':*");
  });

  test(
    "of an exact value are had by it alone",
    inTx(async (tx) => {
      const exact = [exactWord("source", "My shop\u3000'2'"), exactWord("currency", "JPY")];
      const words = wordsOf(["source my shop jpy Ann@Example.com"], exact).join(" ");
      const has = async (word: string) => {
        const [row] = await ask<{ has: boolean }>(
          tx,
          "select array_to_tsvector(string_to_array($1::text, ' ')) @@ $2::text::tsquery as has",
          [words, queryOfWords([word]) ?? ""],
        );
        return row?.has;
      };
      assert.equal(await has(exactWord("source", "my SHOP '2'")), true);
      assert.equal(await has(exactWord("file", "My shop '2'")), false);
      assert.equal(await has(exactWord("currency", "USD")), false);
      assert.equal(await has(addressWord("ann@example.com")), true);
      assert.equal(await has(addressWord("nn@example.com")), false);
      assert.equal(await has(addressWord("no address")), false);
    }),
  );

  test(
    "fit into the database however many and long they are",
    inTx(async (tx) => {
      const letters = Array.from({ length: 6_000 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join("");
      const words = wordsOf([letters, "𠀀".repeat(500), `${"😀".repeat(400)}@${"x".repeat(5_000)}`]);
      assert.equal(words.length, 4_000);
      assert.ok(await finds(tx, ["𠀀".repeat(500), `a@${"\u{10ffff}".repeat(400)}`], "'𠀀𠀀'"));
      const longest = Array.from({ length: 4_000 }, (_, index) => `${"\u{24b62}a".repeat(20)}${index}`);
      assert.ok(await finds(tx, longest, queryOfText(longest[0] ?? "")?.all));
    }),
  );
});
