import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isUnavailable, Refusal, refusal } from "./errors.ts";

describe("refusal", () => {
  const tooMany = refusal<{ sku: string; left: number }>(
    "test.too_many",
    "conflict",
    ({ sku, left }) => `Only ${left} of ${sku} are left.`,
  );

  test("makes an error that says everything its caller needs", () => {
    const error = tooMany({ sku: "MUG", left: 2 }, { retryAfterSeconds: 3 });
    assert.ok(error instanceof Refusal);
    assert.ok(error instanceof Error);
    const { name, code, kind, message, details, extras } = error;
    assert.deepEqual(
      { name, code, kind, message, details, extras },
      {
        name: "Refusal",
        code: "test.too_many",
        kind: "conflict",
        message: "Only 2 of MUG are left.",
        details: { sku: "MUG", left: 2 },
        extras: { retryAfterSeconds: 3 },
      },
    );
  });

  test("has no extras unless they are given", () => {
    assert.deepEqual(tooMany({ sku: "MUG", left: 0 }).extras, {});
  });
});

function failed(code: string, message = "It failed."): Error {
  return Object.assign(new Error(message), { code });
}

describe("isUnavailable", () => {
  for (const [what, error] of [
    ["a server that does not listen", failed("ECONNREFUSED")],
    ["a connection that was cut", failed("ECONNRESET")],
    ["a write into a closed connection", failed("EPIPE")],
    ["a socket file that is gone", failed("ENOENT")],
    ["a host that does not answer", failed("ETIMEDOUT")],
    ["a host that cannot be reached", failed("EHOSTUNREACH")],
    ["a network that cannot be reached", failed("ENETUNREACH")],
    ["a name that cannot be looked up just now", failed("EAI_AGAIN")],
    ["a connection failure", failed("08006")],
    ["too many connections", failed("53300")],
    ["a full disk", failed("53100")],
    ["an administrator's shutdown", failed("57P01")],
    ["a crash of another process of the server", failed("57P02")],
    ["a server that starts", failed("57P03")],
    ["an I/O error of the server", failed("58030")],
    ["a connection that ended", new Error("Connection terminated unexpectedly")],
    ["no free connection in time", new Error("timeout exceeded when trying to connect")],
    ["no answer in time", new Error("Query read timeout")],
    ["a closed pool", new Error("Cannot use a pool after calling end on the pool")],
    ["one of these as the cause", new Error("Wrapped.", { cause: failed("57P03") })],
  ] as const) {
    test(`holds for ${what}`, () => assert.equal(isUnavailable(error), true));
  }

  for (const [what, error] of [
    ["a unique key that is taken", failed("23505")],
    ["a deadlock", failed("40P01")],
    ["a serialization failure", failed("40001")],
    ["a statement that took too long", failed("57014")],
    ["a lock that was not given", failed("55P03")],
    ["a syntax error", failed("42601")],
    ["an error of our own", new Error("ours")],
    ["a code that is a number", Object.assign(new Error("odd"), { code: 57 })],
    ["what is no error", { code: "57P01" }],
    ["nothing", undefined],
  ] as const) {
    test(`does not hold for ${what}`, () => assert.equal(isUnavailable(error), false));
  }
});
