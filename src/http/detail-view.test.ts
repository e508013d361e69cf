import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { detailView } from "./detail-view.ts";

describe("detailView", () => {
  test("shows names as v2 has them, and amounts as integers", () => {
    const inside = {
      amountMinor: "50",
      currency: "JPY",
      heardFrom: "webhook 7",
      parts: [{ paidMinor: "-3" }],
      by: null,
    };
    assert.deepEqual(detailView(inside), {
      amount: 50,
      currency: "JPY",
      heard_from: "webhook 7",
      parts: [{ paid: -3 }],
      by: null,
    });
  });

  test("leaves what no number holds, and digits that are no amount", () => {
    assert.deepEqual(detailView({ amountMinor: "18446744073709551616", reference: "0042", taxMinor: "none" }), {
      amount: "18446744073709551616",
      reference: "0042",
      tax: "none",
    });
  });
});
