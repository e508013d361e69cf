import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FastifySchema } from "fastify";
import { Type } from "typebox";
import type { Refusal } from "../platform/errors.ts";
import { inputCompiler } from "./check-input.ts";

const name = Type.String({ minLength: 1, pattern: "\\S" });
const schema = Type.Object({
  name: Type.Optional(Type.Union([name, Type.Null()])),
  either: Type.Optional(Type.Union([Type.String({ minLength: 2 }), Type.String({ pattern: "^x$" })])),
  long: Type.Optional(Type.String({ minLength: 2 })),
});

/** What the caller of a body like this hears. */
function faults(body: unknown): string[] {
  const check = inputCompiler()({ schema: schema as FastifySchema, httpPart: "body", method: "POST", url: "/" });
  const answer = check(body) as true | { error: Refusal };
  return answer === true ? [] : (answer.error.extras.faults ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`);
}

describe("a body that may have several forms", () => {
  test("passes in each of them", () => {
    assert.deepEqual(faults({ name: "Ann", either: "x" }), []);
    assert.deepEqual(faults({ name: null }), []);
  });

  test("is told what is wrong with the one that has its type", () => {
    assert.deepEqual(faults({ name: "" }), ["/name Must have at least 1 character.", "/name Must not be blank."]);
  });

  test("is told the types that it may have when it has none of them", () => {
    assert.deepEqual(faults({ name: 1 }), ["/name Must be a text or null."]);
  });

  test("is told that none fits when nobody knows which was meant", () => {
    assert.deepEqual(faults({ either: "y" }), ["/either Has none of the forms that it may have."]);
  });

  test("is told of its other faults as well", () => {
    assert.deepEqual(faults({ name: 1, long: "" }), [
      "/name Must be a text or null.",
      "/long Must have at least 2 characters.",
    ]);
  });
});

describe("the check of a schema", () => {
  const broken = { type: "no such type" } as FastifySchema;

  test("is made when the first value comes, so what nobody asks for costs nothing", () => {
    const check = inputCompiler()({ schema: broken, httpPart: "body", method: "POST", url: "/" });
    assert.throws(() => check({}), /schema is invalid/);
  });
});
