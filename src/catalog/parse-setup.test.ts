import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseSetup } from "./parse-setup.ts";

function parsed(text: string) {
  const found = parseSetup(text);
  assert.ok("value" in found, JSON.stringify(found));
  return found;
}

function unreadable(text: string) {
  const found = parseSetup(text);
  assert.ok("unreadable" in found, "It was read.");
  return found.unreadable;
}

describe("a file of products", () => {
  test("is read as YAML and as JSON alike", () => {
    const yaml = "a:\n  - key: x # a comment\n    on: true\n    none:\n    text: 'yes'\n";
    const json = '{\r\n\t"a": [{ "key": "x", "on": true, "none": null, "text": "yes" }]\r\n}';
    assert.deepEqual(parsed(yaml).value, { a: [{ key: "x", on: true, none: null, text: "yes" }] });
    assert.deepEqual(parsed(json).value, parsed(yaml).value);
    assert.deepEqual(parsed('{"a": "\\ud83c\\udf75\\u0041\\/"}').value, { a: "🍵A/" });
  });

  test("keeps numbers that are no plain integers as they are written", () => {
    const numbers = "[14900, -3, 0, 7.25, 149.00, 1e3, 0x10, 0o17, +5, 007, 12345678901234567890, .inf, .nan]";
    assert.deepEqual(parsed(numbers).value, [
      14900,
      -3,
      0,
      "7.25",
      "149.00",
      "1e3",
      "0x10",
      "0o17",
      "+5",
      "007",
      "12345678901234567890",
      ".inf",
      ".nan",
    ]);
  });

  test("takes no aliases, no tags, and no text that cannot be stored", () => {
    const text = 'a: &tea [1]\nb: *tea\nc: !!binary aGk=\nd: !price 3\ne: "\\0"\nf: "\\ud800"\ng: !!str 12\n';
    const { faults, value, place } = parsed(text);
    assert.deepEqual(
      faults.map((fault) => [place(fault).line, fault.pointer]),
      [
        [2, "/b"],
        [3, "/c"],
        [4, "/d"],
        [5, "/e"],
        [6, "/f"],
      ],
    );
    assert.equal((value as { g: string }).g, "12");
  });

  test("has members called as objects inherit them as any other", () => {
    const { value } = parsed("__proto__: { x: 1 }\nconstructor: 2\n");
    assert.deepEqual(Object.keys(value as object), ["__proto__", "constructor"]);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  test("says where what a pointer names begins, and where that is in which it is missing", () => {
    const { place } = parsed('list:\n  - key: a\n    words: { en: { name: N } }\n  - key: b\n"a/b":\n  ~x: 1\n');
    const at = (pointer: string) => {
      const { line, column } = place({ pointer, detail: "" });
      return [line, column];
    };
    assert.deepEqual(at(""), [1, 1]);
    assert.deepEqual(at("/list"), [1, 1]);
    assert.deepEqual(at("/list/0"), [2, 5]);
    assert.deepEqual(at("/list/1"), [4, 5]);
    assert.deepEqual(at("/list/0/words/en/name"), [3, 20]);
    assert.deepEqual(at("/list/1/missing"), [4, 5]);
    assert.deepEqual(at("/list/7"), [1, 1]);
    assert.deepEqual(at("/a~1b/~0x"), [6, 3]);
  });

  for (const [what, text, line, column, says] of [
    ["a list that is not closed", "a: [1, 2\nb: 3\n", 2, 1, /Flow sequence/],
    ["a name that is there twice", "a: 1\na: 2\n", 2, 1, /unique/],
    ["a tab that indents", "a:\n\tb: 1\n", 2, 1, /Tabs/],
    ["a comma too many", '{"a": 1,,}\n', 1, 9, /Unexpected ,/],
    ["a second document", "a: 1\n---\nb: 2\n", 2, 1, /multiple documents/],
  ] as const) {
    test(`with ${what} cannot be read, and says where`, () => {
      const [first] = unreadable(text);
      assert.deepEqual([first?.line, first?.column], [line, column]);
      assert.match(first?.detail ?? "", says);
    });
  }

  test("that is nested without end cannot be read, and says so a few times at most", () => {
    const faults = unreadable("[".repeat(20_000));
    assert.ok(faults.length >= 1 && faults.length <= 20, `${faults.length}`);
    assert.ok(unreadable(`a: [\n${"  - {\n".repeat(100)}`).length <= 20);
  });

  test("that is empty is read as nothing", () => {
    assert.equal(parsed("").value, null);
    assert.equal(parsed("# only a comment\n").value, null);
  });
});
