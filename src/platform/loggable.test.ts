import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loggableError, masked, withoutForbidden } from "./loggable.ts";

/** An error as the driver makes it. */
function ofDatabase(code: string, message: string): Error {
  const detail = "Key (customer_email)=(canary) already exists.";
  return Object.assign(new Error(message), { code, detail, where: "canary", constraint: "orders_uid_once" });
}

describe("loggableError", () => {
  test("keeps name, code, message, constraint and where it happened, and nothing else of an error", () => {
    const message = 'duplicate key value violates unique constraint "orders_uid_once"';
    const { stack, ...kept } = loggableError(ofDatabase("23505", message));
    assert.deepEqual(kept, { name: "Error", code: "23505", message, constraint: "orders_uid_once" });
    assert.match(stack, /^\s+at .*loggable\.test/);
    assert.ok(!stack.includes(message));
  });

  test("leaves out the values that PostgreSQL quotes", () => {
    const error = ofDatabase("22P02", 'invalid input syntax for type uuid: "canary"');
    assert.equal(loggableError(error).message, 'invalid input syntax for type uuid: "…"');
    assert.doesNotMatch(JSON.stringify(loggableError(error)), /canary/);
  });

  test("tells the causes too, and ends when they go round in a circle", () => {
    const error = new Error("outer", { cause: ofDatabase("23505", "inner") });
    assert.equal(loggableError(error).cause?.message, "inner");
    const round = new Error("round");
    round.cause = round;
    assert.match(JSON.stringify(loggableError(round)), /round/);
  });

  test("takes whatever is thrown", () => {
    for (const thrown of [undefined, null, "ann@example.com", 7, { email: "canary" }]) {
      assert.doesNotMatch(JSON.stringify(loggableError(thrown)), /ann@|canary/);
    }
  });
});

describe("masked", () => {
  for (const [what, text, expected] of [
    ["an address", "550 <ann.b+c@example.co.jp> unknown", "550 <…@…> unknown"],
    ["an address in another script", "for 田中@例え.jp.", "for …@…"],
    ["a password", "postgres://user:s3cret@localhost:5432/x", "postgres://user:…@…/x"],
    ["a key of ours", "key ow_0123456789_abcDEF-_9 was", "key … was"],
    ["a secret of webhooks", "whsec_YWJj/+ZGVm=, and", "…, and"],
    ["a token", "Authorization: Bearer abc.def-ghi", "Authorization: …"],
  ] as const) {
    test(`leaves out ${what}`, () => assert.equal(masked(text), expected));
  }

  test("leaves alone what only looks like an address", () => {
    const text = "at /app/node_modules/@fastify/swagger/index.js:12:3";
    assert.equal(masked(text), text);
  });
});

describe("withoutForbidden", () => {
  test("leaves out the values of forbidden members, however deep and however they are written", () => {
    const line = { id: 7, email: "canary", headers: { Authorization: "canary" }, all: [{ body: { name: "canary" } }] };
    assert.deepEqual(withoutForbidden(line), {
      id: 7,
      email: "…",
      headers: { Authorization: "…" },
      all: { 0: { body: "…" } },
    });
    assert.equal(line.email, "canary", "what is logged is not changed");
  });

  test("hands on what has none, and whoever refers to itself", () => {
    const line: Record<string, unknown> = { id: 7, err: new Error("body") };
    line.self = line;
    assert.equal(withoutForbidden(line), line);
  });
});
