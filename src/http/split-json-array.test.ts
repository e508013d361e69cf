import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Refusal } from "../platform/errors.ts";
import { splitJsonArray } from "./split-json-array.ts";
import type { Splitter } from "./split-lines.ts";

const mostBytes = 1000;

/** What a splitter finds in a text that arrives in pieces of these lengths. */
function splitWith(splitter: Splitter, text: string, lengths: readonly number[]): string[] {
  const found: (Buffer | "too-long")[] = [];
  let rest = Buffer.from(text);
  for (const length of lengths) {
    found.push(...splitter.push(rest.subarray(0, length)));
    rest = rest.subarray(length);
  }
  found.push(...splitter.push(rest), ...splitter.end());
  return found.map(String);
}

function split(text: string, lengths: readonly number[] = []): string[] {
  return splitWith(splitJsonArray(mostBytes), text, lengths);
}

function refused(text: string): string {
  try {
    split(text);
  } catch (error) {
    return (error as Refusal).code;
  }
  return assert.fail("It was not refused.");
}

const lengths = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 60 });

describe("splitJsonArray", () => {
  test("finds the elements of any array, wherever the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.json({ maxDepth: 3 }), { maxLength: 6 }), lengths, (elements, cuts) => {
        fc.pre(elements.every((element) => Buffer.byteLength(element) <= mostBytes));
        assert.deepEqual(split(`[${elements.join(",")}]`, cuts), elements);
      }),
    );
  });

  test("is not misled by brackets, commas, quotes and backslashes in texts", () => {
    const elements = ['{"a":"]},[{"}', String.raw`"\"],\\"`, String.raw`"\\"`, '"田中 😀"', "[[],[{}]]", "1"];
    for (let cut = 0; cut < 60; cut += 1) assert.deepEqual(split(`[${elements.join(",")}]`, [cut, 1]), elements);
  });

  test("takes spaces around everything", () => {
    assert.deepEqual(
      split(' \r\n[ {"a":1}\t,\n2 ] \n').map((element) => element.trim()),
      ['{"a":1}', "2"],
    );
    assert.deepEqual(split(" [ ] "), []);
  });

  const unreadable: [string, string][] = [
    ["nothing", ""],
    ["spaces", "  "],
    ["an object", '{"a":[1]}'],
    ["a byte order mark", "\ufeff[1]"],
    ["an array that does not end", "[1,2"],
    ["an array that ends in a text", '["a'],
    ["an array that ends behind a backslash", '["a\\'],
    ["a comma at the end", "[1,]"],
    ["a comma at the beginning", "[,1]"],
    ["two commas", "[1,,2]"],
    ["a second array", "[1][2]"],
    ["a brace too many", "[1}]"],
    ["a bracket too many", "[1]]"],
  ];
  for (const [name, text] of unreadable) {
    test(`refuses ${name}`, () => {
      assert.equal(refused(text), "http.unreadable_body");
    });
  }

  test("keeps nothing of an element that is too long, and goes on behind it", () => {
    const long = JSON.stringify({ name: "]".repeat(mostBytes) });
    const whole = JSON.stringify("x".repeat(mostBytes - 2));
    assert.deepEqual(split(`[1,${long},${whole},3]`, [500, 500, 300]), ["1", "too-long", whole, "3"]);
  });
});
