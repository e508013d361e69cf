import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nameSchemas } from "./name-schemas.ts";

const named = (value: unknown) => {
  const schemas: Record<string, unknown> = {};
  return { rest: nameSchemas(value, schemas), schemas };
};

describe("nameSchemas", () => {
  test("moves schemas with a title under it, inner ones too", () => {
    const item = { title: "Item", type: "object", properties: { line: { type: "integer" } } };
    const order = { title: "Order", type: "object", properties: { items: { type: "array", items: item } } };
    assert.deepEqual(named([{ schema: order }, { schema: item }]), {
      rest: [{ schema: { $ref: "#/components/schemas/Order" } }, { schema: { $ref: "#/components/schemas/Item" } }],
      schemas: {
        Item: { type: "object", properties: { line: { type: "integer" } } },
        Order: {
          type: "object",
          properties: { items: { type: "array", items: { $ref: "#/components/schemas/Item" } } },
        },
      },
    });
  });

  test("leaves values that look like schemas alone, and a member called title", () => {
    const schema = {
      type: "object",
      properties: { title: { type: "string" } },
      example: { title: "Conflict", type: "/problems/x" },
      examples: [{ title: "Conflict" }],
    };
    assert.deepEqual(named(schema), { rest: schema, schemas: {} });
  });

  test("takes one schema with different examples for one", () => {
    const minor = (example: number) => ({ title: "Minor", type: "integer", examples: [example] });
    assert.deepEqual(Object.keys(named([minor(1), minor(2)]).schemas), ["Minor"]);
  });

  test("refuses two different schemas of one name, and a title that is none", () => {
    assert.throws(
      () =>
        named([
          { title: "Minor", type: "integer" },
          { title: "Minor", type: "string" },
        ]),
      /Two different schemas are called Minor/,
    );
    assert.throws(() => named({ title: "An order", type: "object" }), /"An order" is no name of a type/);
  });
});
