import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { importOptions } from "../../test/support/given-imports.ts";
import { fingerprintOfOptions } from "./fingerprint.ts";

describe("fingerprintOfOptions", () => {
  const options = importOptions({ mapping: { a: "sku", b: "quantity" } });

  test("is the same in whatever order they were given, and for whichever source", () => {
    const turned = Object.fromEntries(Object.entries(options).reverse()) as typeof options;
    const other = { ...turned, mapping: { b: "quantity", a: "sku" }, source: "shop" } as const;
    assert.equal(fingerprintOfOptions(other), fingerprintOfOptions(options));
  });

  test("is another for each option that is another", () => {
    const others = [
      { ...options, notify: true },
      { ...options, pay_within_hours: 1 },
      { ...options, currency: "EUR" },
      { ...options, mapping: { a: "quantity", b: "sku" } as const },
      { ...options, mapping: { a: "sku" } as const },
    ];
    assert.equal(new Set([options, ...others].map(fingerprintOfOptions)).size, others.length + 1);
  });
});
