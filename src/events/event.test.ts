import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { announcedMove } from "./event.ts";

const words = ["new", "pending", "payment_processing", "paid", "on_hold", "shipped", "delivered", "cancelled"];

/** The moves that subscribers hear of, for each status that can be left, in FlowMart's words. */
const announced: Record<string, [from: string, to: Record<string, string>]> = {
  pending: ["CREATED", { paid: "CONFIRMED", on_hold: "ON_HOLD", shipped: "FULFILLING", delivered: "COMPLETED" }],
  paid: ["CONFIRMED", { on_hold: "ON_HOLD", shipped: "FULFILLING", delivered: "COMPLETED" }],
  on_hold: ["ON_HOLD", { paid: "CONFIRMED", shipped: "FULFILLING", delivered: "COMPLETED" }],
  shipped: ["FULFILLING", { paid: "CONFIRMED", on_hold: "ON_HOLD", delivered: "COMPLETED" }],
  delivered: ["COMPLETED", { paid: "CONFIRMED", on_hold: "ON_HOLD", shipped: "FULFILLING" }],
  cancelled: ["CANCELLED", { paid: "CONFIRMED", on_hold: "ON_HOLD", shipped: "FULFILLING", delivered: "COMPLETED" }],
};

describe("announcedMove", () => {
  test("names every move between announced statuses and no other", () => {
    for (const from of words) {
      for (const to of words.filter((word) => word !== from)) {
        const [previousStatus, moves] = announced[from] ?? [];
        const newStatus = to === "cancelled" && previousStatus !== undefined ? "CANCELLED" : moves?.[to];
        const expected = newStatus === undefined ? undefined : { previousStatus, newStatus };
        assert.deepEqual(announcedMove(from, to), expected, `${from} to ${to}`);
      }
    }
  });

  test("is undefined for an event that moves nothing", () => {
    assert.equal(announcedMove(null, null), undefined);
  });
});
