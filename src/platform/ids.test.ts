import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { randomToken, uuidV5, uuidV7 } from "./ids.ts";

const dnsNamespace = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
const v7Shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const v5Shape = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const times = fc.date({
  min: new Date("1970-01-01T00:00:00.000Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});

describe("uuidV7", () => {
  test("begins with the milliseconds of its time", () => {
    // The example of RFC 9562, A.6: 2022-02-22T19:22:22Z.
    assert.ok(uuidV7(new Date(0x017f22e279b0)).startsWith("017f22e2-79b0-7"));
    assert.ok(uuidV7(new Date(0)).startsWith("00000000-0000-7"));
  });

  test("has its version and variant, at any time", () => {
    fc.assert(fc.property(times, (at) => assert.match(uuidV7(at), v7Shape)));
  });

  test("sorts by time, as text", () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        const sameOrder = Math.sign(one.getTime() - other.getTime());
        if (sameOrder !== 0) assert.equal(uuidV7(one) < uuidV7(other) ? -1 : 1, sameOrder);
      }),
    );
  });

  test("differs within one millisecond, beyond what one call for random bytes gives", () => {
    const at = new Date("2026-11-23T12:00:00.000Z");
    const many = 10_000;
    const ids = Array.from({ length: many }, () => uuidV7(at));
    assert.equal(new Set(ids).size, many);
    for (const id of ids) assert.match(id, v7Shape);
  });

  test("draws every bit that is not fixed", () => {
    const at = new Date(0);
    const randomPart = () => BigInt(`0x${uuidV7(at).replaceAll("-", "").slice(12)}`);
    let everSet = 0n;
    let everClear = 0n;
    const allBits = 2n ** 80n - 1n;
    for (let drawn = 0; drawn < 200; drawn += 1) {
      const bits = randomPart();
      everSet |= bits;
      everClear |= ~bits & allBits;
    }
    // Of 80 bits the four of the version and the two of the variant stand still.
    const fixed = allBits & ~(everSet & everClear);
    assert.equal(fixed, (0xfn << 76n) | (0b11n << 62n));
  });
});

describe("uuidV5", () => {
  test("gives the example of RFC 9562, A.4", () => {
    assert.equal(uuidV5(dnsNamespace, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  });

  test("is the same for the same name, has its version and variant, and another for any other name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (name) => {
        const id = uuidV5(dnsNamespace, name);
        assert.match(id, v5Shape);
        assert.equal(uuidV5(dnsNamespace, name), id);
        assert.notEqual(uuidV5(dnsNamespace, `${name}.`), id);
        assert.notEqual(uuidV5(id, name), id);
      }),
    );
  });
});

describe("randomToken", () => {
  test("has all its bytes in characters that fit a file name and an address", () => {
    for (const bytes of [1, 6, 32]) {
      const token = randomToken(bytes);
      assert.match(token, /^[A-Za-z0-9_-]+$/);
      assert.equal(Buffer.from(token, "base64url").length, bytes);
    }
    assert.notEqual(randomToken(32), randomToken(32));
  });
});
