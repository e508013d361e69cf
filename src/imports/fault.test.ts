import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { faultOf, rowFaults, shorten } from "./fault.ts";

test("the page on imports lists every kind of fault that a row can have, in the same words", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/imports.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([a-z_]+)` \| (.+) \|$/gm)].map(([, code, sentence]) => [code, sentence]);
  const listed = rows.filter(([code]) => (code ?? "") in rowFaults);
  assert.deepEqual(listed, Object.entries(rowFaults));
});
test("a long value is cut, never in the middle of a character", () => {
  assert.equal(shorten("x".repeat(200)), "x".repeat(200));
  assert.equal(shorten(`${"x".repeat(199)}😀x`), `${"x".repeat(199)}\ufffd…`);
  assert.deepEqual(faultOf("price_zero", "price", "0"), {
    code: "price_zero",
    column: "price",
    value: "0",
    detail: rowFaults.price_zero,
  });
});
