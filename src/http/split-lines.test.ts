import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { splitLines } from "./split-lines.ts";

function split(text: string, length: number): string[] {
  const splitter = splitLines(20);
  const bytes = Buffer.from(text);
  const found: (Buffer | "too-long")[] = [];
  for (let at = 0; at < bytes.length; at += length) found.push(...splitter.push(bytes.subarray(at, at + length)));
  return [...found, ...splitter.end()].map(String);
}

describe("splitLines", () => {
  test("finds the lines, wherever the bytes are cut", () => {
    for (let length = 1; length < 30; length += 1) {
      assert.deepEqual(split('{"a":1}\n{"b":"田中"}\r\n3', length), ['{"a":1}', '{"b":"田中"}\r', "3"]);
    }
  });

  test("passes over lines with nothing in them", () => {
    for (const length of [1, 3, 100]) assert.deepEqual(split("\n\r\n1\n \t\n\n2\n\n", length), ["1", "2"]);
    assert.deepEqual(split("\n \n", 1), []);
  });

  test("keeps nothing of a line that is too long, and goes on behind it", () => {
    for (const length of [1, 7, 100]) {
      const long = "x".repeat(21);
      assert.deepEqual(split(`${long}\n${"y".repeat(20)}\n${long}`, length), ["too-long", "y".repeat(20), "too-long"]);
    }
  });
});
