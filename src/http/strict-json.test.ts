import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Refusal } from "../platform/errors.ts";
import { exactText, parseStrictJson } from "./strict-json.ts";

function read(text: string | Uint8Array): unknown {
  return parseStrictJson(Buffer.from(text));
}

function refused(text: string | Uint8Array): Refusal {
  try {
    read(text);
  } catch (error) {
    return error as Refusal;
  }
  return assert.fail("It was not refused.");
}

describe("parseStrictJson", () => {
  test("reads whatever a plain parser reads", () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        fc.pre(!/__proto__|\\u|[{,]"\d/.test(text) && !/-0\b/.test(text));
        assert.deepEqual(read(text), JSON.parse(text));
      }),
    );
  });

  test("keeps every character of every language", () => {
    const text = '{"name":"田中太郎 😀 שלום ‮x","escaped":"\\ud83d\\ude00\\u7530"}';
    assert.deepEqual(read(text), { name: "田中太郎 😀 שלום ‮x", escaped: "😀田" });
  });

  const unreadable: [string, string | Uint8Array][] = [
    ["cut text", '{"a":'],
    ["no JSON", "hello"],
    ["nothing but spaces", "  "],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ["a surrogate in the bytes", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ["an overlong slash", Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ["an overlong NUL", Buffer.from([0x22, 0xe0, 0x80, 0x80, 0x22])],
    ["a character that is cut", Buffer.from([0x22, 0xf0, 0x9f, 0x98, 0x22])],
    ["an emoji in two surrogates of bytes", Buffer.from([0x22, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0x22])],
    ["a character beyond Unicode", Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22])],
    ["UTF-16", Buffer.from("\ufeff{}", "utf16le")],
    ["a byte order mark", Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])],
    ["a raw NUL", '{"a":"\0"}'],
    ["NaN", '{"a":NaN}'],
    ["a number in hexadecimal", '{"a":0x10}'],
    ["a number with a plus", '{"a":+1}'],
    ["a leading zero", '{"a":01}'],
    ["a leading zero behind a minus", '{"a":-01}'],
    ["a fraction without a number", '{"a":.5}'],
    ["a number without its fraction", '{"a":5.}'],
    ["an exponent without a number", '{"a":1e}'],
    ["two values", "{}{}"],
    ["a value and more", '{"a":1}x'],
    ["a comma too many", '{"a":1,}'],
    ["an array with a hole", "[1,,2]"],
    ["single quotes", "{'a':1}"],
    ["a name without quotes", "{a:1}"],
    ["a comment", '{"a":1/**/}'],
    ["a line break in a text", '{"a":"x\ny"}'],
    ["an escape that there is not", '{"a":"\\x41"}'],
    ["a space that is none of JSON's", '{\u00a0"a":1}'],
    ["a full-width digit", '{"a":１}'],
    ["a name twice", '{"a":1,"a":1}'],
    ["a name twice, once in disguise", '{"a":1,"\\u0061":1}'],
    ["a name twice, deep inside", '{"items":[{"a":1.5},{"a":1,"b":2,"a":3}]}'],
    ["65 levels", `${"[".repeat(65)}${"]".repeat(65)}`],
    ["100,000 levels", "[".repeat(100_000)],
    ["60,002 values", `[${"1,".repeat(60_001)}1]`],
  ];
  for (const [name, text] of unreadable) {
    test(`refuses ${name} as unreadable`, () => {
      const { code, kind } = refused(text);
      assert.deepEqual({ code, kind }, { code: "http.unreadable_body", kind: "unreadable" });
    });
  }

  for (const [text, where] of [
    ['{"a":1', ": look at line 1 column 7"],
    ['{\n  "a" 1\n}', ": look at line 2 column 7"],
    ['{"a":[', ": it ends too early"],
    ["田中", ""],
  ] as const)
    test(`says where ${JSON.stringify(text)} stops being JSON, and not what stands there`, () => {
      assert.equal(refused(text).message, `The body is not valid JSON${where}.`);
    });

  test("reads 64 levels", () => {
    assert.doesNotThrow(() => read(`${"[".repeat(64)}${"]".repeat(64)}`));
  });

  test("does not count brackets, colons and commas in texts", () => {
    const text = JSON.stringify({ a: '[{:,"'.repeat(30_000), b: ["\\", '\\"'] });
    assert.deepEqual(read(text), JSON.parse(text));
  });

  const invalid: [string, string, string][] = [
    ["NUL in a text", '{"a":[1,"x\\u0000"]}', "/a/1"],
    ["NUL in a name", '{"a":{"x\\u0000y":1}}', "/a/x\u0000y"],
    ["the first half of a pair alone", '{"a":"\\ud83d"}', "/a"],
    ["the second half of a pair alone", '{"a":"\\ude00 \\ud83d\\ude00"}', "/a"],
    ["halves in the wrong order", '{"a":"\\ude00\\ud83d"}', "/a"],
    ["__proto__", '{"a":{"__proto__":{"admin":true}}}', "/a/__proto__"],
    ["__proto__ in disguise", '{"\\u005f_proto__":1}', "/__proto__"],
    ["a number without end", '{"a":{"b":1e400}}', "/a/b"],
    ["a negative number without end", "[-1e400]", "/0"],
    ["a number that a double turns to zero", "[1,1e-400]", "/1"],
    ["a name that would change the order of exact numbers", '{"b":1.5,"1":2.5}', "/1"],
    ["a slash and a tilde in the pointer", '{"a/b":{"c~d":1e999}}', "/a~1b/c~0d"],
  ];
  for (const [name, text, pointer] of invalid) {
    test(`refuses ${name} and says where`, () => {
      const refusal = refused(text);
      assert.equal(refusal.code, "http.invalid_input");
      assert.equal(refusal.extras.faults?.[0]?.pointer, pointer);
    });
  }

  test("pollutes no prototype", () => {
    refused('{"constructor":{"prototype":{"admin":1}},"__proto__":{"admin":1}}');
    assert.equal(({} as { admin?: number }).admin, undefined);
  });
});

describe("exactText", () => {
  for (const source of ["89800.0", "0.1", "1.234", "9007199254740993", "1e2", "1E-2", "-0", "0.10", "0", "-15", "12"]) {
    test(`gives ${source} as it was written`, () => {
      const body = read(`{"x":"1.5, \\" 2.5","items":[7,{"unit_price":${source},"q":3}],"y":[1.25,${source}]}`);
      const { items, y } = body as { items: [number, object]; y: object };
      assert.equal(exactText(items[1], "unit_price"), source);
      assert.equal(exactText(items[1], "q"), "3");
      assert.equal(exactText(items, "0"), "7");
      assert.equal(exactText(y, "0"), "1.25");
      assert.equal(exactText(y, "1"), source);
    });
  }

  test("gives every number of any body back", () => {
    const decimal = fc.tuple(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.stringMatching(/^(\.[0-9]{1,12})?$/),
    );
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 20 }), (numbers) => {
        const sources = numbers.map(([whole, fraction]) => `${whole}${fraction}`);
        const body = read(`[${sources.map((source, index) => `{"n${index}":"${source}","v":${source}}`).join(",")}]`);
        assert.deepEqual(
          (body as object[]).map((holder) => exactText(holder, "v")),
          sources,
        );
      }),
    );
  });

  test("refuses a copy, whose text is lost", () => {
    const { item } = read('{"item":{"price":0.1}}') as { item: object };
    assert.throws(() => exactText({ ...item }, "price"), /copied/);
  });

  test("refuses what is no number", () => {
    assert.throws(() => exactText({ a: "1" }, "a"), TypeError);
  });
});
