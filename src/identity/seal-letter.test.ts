import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AccountLetter } from "./account.ts";
import { challengeOf, ownPathOf } from "./issuer.ts";
import { readState, writeState } from "./keep-state.ts";
import { sealLetter, unsealLetter } from "./seal-letter.ts";

const secret = "one secret";
const id = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";
const letter: AccountLetter = {
  kind: "account_reset",
  recipient: "ann@example.com",
  name: "田中",
  locale: "ja",
  path: "/account/reset#token=t0ken",
  inviter: "",
  subject: "",
};

describe("a sealed letter", () => {
  test("is read again by this installation alone, and under its own id", () => {
    const sealed = sealLetter(id, letter, secret);
    assert.deepEqual(unsealLetter(sealed, secret), letter);
    assert.equal(unsealLetter(sealed, "another secret"), undefined);
    assert.equal(unsealLetter({ ...sealed, id: id.replace("8f", "90") }, secret), undefined);
  });

  test("is nothing when it was cut or changed", () => {
    const sealed = sealLetter(id, letter, secret);
    for (const wrong of ["", "AAAA", sealed.sealed.slice(0, -2), `A${sealed.sealed.slice(1)}`, "\u0000".repeat(100)]) {
      assert.equal(unsealLetter({ ...sealed, sealed: wrong === sealed.sealed ? "" : wrong }, secret), undefined);
    }
  });
});

describe("the state of a sign-in at an issuer", () => {
  const now = new Date("2026-11-23T12:00:00.000Z");
  const state = { state: "s", nonce: "n", verifier: "v", returnTo: "/", expiresAtMs: now.getTime() + 1 };

  test("is read for the sign-in that it was written for, while it lasts", () => {
    const cookie = writeState(state, secret);
    assert.deepEqual(readState(cookie, "s", { secret, now }), state);
    assert.equal(readState(cookie, "t", { secret, now }), undefined);
    assert.equal(readState(cookie, "s", { secret, now: new Date(now.getTime() + 1) }), undefined);
    assert.equal(readState(cookie, "s", { secret: "another", now }), undefined);
    assert.equal(readState(sealLetter(id, letter, secret).sealed, "s", { secret, now }), undefined);
  });

  test("comes back to a path of ours", () => {
    for (const path of ["/", "/orders?page=2", "/a-b/c#d"]) assert.equal(ownPathOf(path), path);
    for (const path of [
      undefined,
      "",
      "orders",
      "//evil.example",
      "/\\evil",
      "https://evil.example",
      "/a b",
      "/\u00e9",
      "/a\\b",
    ]) {
      assert.equal(ownPathOf(path), "/", String(path));
    }
  });

  test("has the challenge of RFC 7636, appendix B", () => {
    const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    assert.equal(challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), challenge);
  });
});
