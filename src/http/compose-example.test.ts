import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Type } from "typebox";
import { composeExample } from "./compose-example.ts";

describe("composeExample", () => {
  test("puts an object together from the examples of its members", () => {
    const schema = Type.Object({
      id: Type.String({ format: "uuid" }),
      at: Type.String({ format: "date-time" }),
      version: Type.Literal("1.0"),
      status: Type.Enum(["paid", "shipped"]),
      failure: Type.Union([Type.String(), Type.Null()], { examples: [null] }),
      reference: Type.Union([Type.String({ examples: ["pay_1"] }), Type.Null()]),
      next_cursor: Type.Union([Type.String(), Type.Null()]),
      items: Type.Array(Type.Object({ line: Type.Integer({ examples: [1] }) })),
    });
    assert.deepEqual(composeExample(schema), {
      id: "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f",
      at: "2026-11-23T12:00:00.000Z",
      version: "1.0",
      status: "paid",
      failure: null,
      reference: "pay_1",
      next_cursor: null,
      items: [{ line: 1 }],
    });
  });

  test("takes the example of the whole where there is one", () => {
    const schema = Type.Object({ line: Type.Integer({ examples: [1] }) }, { examples: [{ line: 7 }] });
    assert.deepEqual(composeExample(schema), { line: 7 });
  });

  test("invents nothing for a member without one", () => {
    assert.deepEqual(composeExample(Type.Object({ name: Type.String(), names: Type.Array(Type.String()) })), {
      names: [],
    });
  });
});
