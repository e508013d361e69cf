import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildSerializers } from "./compile-serializers.ts";

const route = { method: "GET", url: "/", httpStatus: "200" };
const schema = { type: "object", properties: { sku: { type: "string" } } };

/** The same schema, and how often something asked for its members. */
function watched(): { schema: typeof schema; reads(): number } {
  let count = 0;
  const counted = new Proxy(schema, {
    get(target, name, receiver) {
      count += 1;
      return Reflect.get(target, name, receiver);
    },
  });
  return { schema: counted, reads: () => count };
}

describe("what turns answers into text", () => {
  test("is not made before the first answer", () => {
    const { schema: given, reads } = watched();
    const serialize = buildSerializers()({ ...route, schema: given });
    assert.equal(reads(), 0);
    assert.equal(serialize({ sku: "MUG", secret: 1 }), '{"sku":"MUG"}');
    assert.ok(reads() > 0);
  });

  test("is made once", () => {
    const { schema: given, reads } = watched();
    const serialize = buildSerializers()({ ...route, schema: given });
    serialize({ sku: "MUG" });
    const before = reads();
    assert.equal(serialize({ sku: "CUP" }), '{"sku":"CUP"}');
    assert.equal(reads(), before);
  });
});
