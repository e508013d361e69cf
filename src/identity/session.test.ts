import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { randomToken } from "../platform/ids.ts";
import { readAnonymous, writeAnonymous } from "./anonymous.ts";
import { clearCookie, cookieOf, writeCookie } from "./cookie.ts";
import { readSession, renewalOf, type Session, writeSession } from "./session.ts";

const secret = "one secret";
const token = randomToken(24);
const tries = 10_000;
const noon = new Date("2026-11-23T12:00:00.000Z");
const dayMs = 86_400_000;

/** Cookies that are none: cut, flipped in a bit, lengthened, made up, signed by others or for something else. */
function* forged(): Generator<string> {
  const good = writeSession(token, secret);
  for (let length = 0; length < good.length; length += 1) yield good.slice(0, length);
  for (let bit = 0; bit < good.length * 7; bit += 1) {
    const bytes = Buffer.from(good);
    const at = Math.floor(bit / 7);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit % 7));
    yield bytes.toString("latin1");
  }
  yield* [`${good} `, `${good}.`, `${good}A`, `.${good}`, `${token}.`, "", ".", "=".repeat(80), "\u0000".repeat(76)];
  yield* [writeSession(token, "another secret"), writeAnonymous(token, secret), "A".repeat(5_000), "%".repeat(5_000)];
  for (;;) {
    yield randomBytes(1 + (randomBytes(1)[0] ?? 0)).toString("latin1");
    yield `${randomToken(24)}.${randomToken(32)}`;
  }
}

describe("a session's cookie", () => {
  test("gives back the token that was signed", () => {
    assert.equal(readSession(writeSession(token, secret), secret), token);
  });

  test("gives nothing for 10,000 values that are forged, and never throws", () => {
    const values = forged();
    for (let count = 0; count < tries; count += 1) {
      const value = String(values.next().value);
      assert.equal(readSession(value, secret), undefined, `${count}: ${value}`);
    }
  });

  test("is not a visitor's, nor the other way round", () => {
    assert.equal(readAnonymous(writeSession(token, secret), secret), undefined);
    assert.equal(readSession(writeAnonymous(token, secret), secret), undefined);
  });

  test("is found among others, whatever stands in them", () => {
    assert.equal(cookieOf({ cookie: "a=1; orderwell.session_token=x=y; b" }, "orderwell.session_token"), "x=y");
    assert.equal(cookieOf({ cookie: "name; =; ;=x" }, "name"), undefined);
    assert.equal(cookieOf({}, "name"), undefined);
  });

  test("is out of reach of scripts and of other sites' writes, and travels by TLS alone where there is TLS", () => {
    const plain = writeCookie("name", "value", { secure: false, maxAgeSeconds: 60 });
    assert.equal(plain, "name=value; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    assert.equal(clearCookie("name", { secure: true }), "name=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
  });
});

describe("renewalOf", () => {
  const session = (ages: { createdMs: number; seenMs: number }): Session => ({
    sessionId: "s",
    userId: "u",
    name: "Ann",
    email: "ann@example.com",
    emailVerified: true,
    staffRole: null,
    createdAt: new Date(noon.getTime() - ages.createdMs),
    updatedAt: new Date(noon.getTime() - ages.seenMs),
    expiresAt: new Date(noon.getTime() - ages.seenMs + 7 * dayMs),
  });

  test("writes nothing within the hour", () => {
    assert.equal(renewalOf(session({ createdMs: dayMs, seenMs: 3_599_000 }), noon), undefined);
  });

  test("lets a session live on for seven days from now", () => {
    const renewed = renewalOf(session({ createdMs: dayMs, seenMs: 3_600_000 }), noon);
    assert.deepEqual(renewed, new Date(noon.getTime() + 7 * dayMs));
  });

  test("lets none live beyond ninety days", () => {
    const renewed = renewalOf(session({ createdMs: 88 * dayMs, seenMs: 2 * 3_600_000 }), noon);
    assert.equal(renewed, undefined);
    const shortened = renewalOf(session({ createdMs: 85 * dayMs, seenMs: 3 * dayMs }), noon);
    assert.deepEqual(shortened, new Date(noon.getTime() + 5 * dayMs));
  });
});
