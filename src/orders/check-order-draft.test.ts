import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseStrictJson } from "../http/strict-json.ts";
import { checkOrderDraft } from "./check-order-draft.ts";
import type { OrderDraft } from "./order-draft.ts";

const tea = { product_name: "Tea", quantity: 2, unit_price: 150 };
const draft: OrderDraft = { customer_email: "ann@example.com", currency: "USD", items: [tea] };

describe("checkOrderDraft", () => {
  const faultsIn = (value: unknown) => {
    const checked = checkOrderDraft(value);
    return "faults" in checked ? checked.faults.map(({ pointer, detail }) => `${pointer} ${detail}`) : [];
  };

  test("takes what has the form of a draft, and leaves it as it is", () => {
    const value = structuredClone(draft);
    assert.deepEqual(checkOrderDraft(value), { draft });
  });

  test("says where something is none", () => {
    assert.deepEqual(faultsIn({ ...draft, items: [{ ...tea, quantity: 0 }, { product_name: "Mug" }] }), [
      "/items/0/quantity Must be at least 1.",
      "/items/1/quantity Is missing.",
      "/items/1/unit_price Is missing.",
    ]);
    assert.deepEqual(faultsIn({ ...draft, colour: "red" }), ["/colour There is no such field."]);
    assert.deepEqual(faultsIn("draft"), [" Must be an object."]);
    assert.equal(faultsIn(null).length, 1);
  });

  test("says that an amount was rounded by its size, where the text shows it", () => {
    const sent = '{"currency":"USD","items":[{"product_name":"Tea","quantity":1,"unit_price":999999999999998.99}]}';
    const value = parseStrictJson(Buffer.from(sent));
    assert.deepEqual(faultsIn(value), ["/items/0/unit_price Must be a whole number."]);
  });
});
