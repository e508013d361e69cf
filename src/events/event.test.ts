import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { announcedMove } from "./event.ts";

const words = ["new", "pending", "payment_processing", "paid", "on_hold", "shipped", "delivered", "cancelled"];

/** FlowMart's words for those that it knows, written out here a second time. */
const spoken: Record<string, string> = {
  pending: "CREATED",
  paid: "CONFIRMED",
  on_hold: "ON_HOLD",
  shipped: "FULFILLING",
  delivered: "COMPLETED",
  cancelled: "CANCELLED",
};

const pairs = words.flatMap((from) => words.filter((to) => to !== from).map((to) => ({ from, to })));

describe("announcedMove", () => {
  test("names every move between announced statuses", () => {
    const announced = pairs.filter(({ from, to }) => from in spoken && to in spoken && to !== "pending");
    assert.equal(announced.length, 25);
    for (const { from, to } of announced) {
      assert.deepEqual(announcedMove(from, to), { previousStatus: spoken[from], newStatus: spoken[to] });
    }
  });

  test("is undefined for the first status, for waiting for a payment, and for unknown words", () => {
    const silent = pairs.filter(({ from, to }) => !(from in spoken && to in spoken) || to === "pending");
    assert.equal(silent.length, 31);
    for (const { from, to } of silent) assert.equal(announcedMove(from, to), undefined, `${from} to ${to}`);
  });

  test("is undefined for an event that moves nothing", () => {
    assert.equal(announcedMove(null, null), undefined);
  });
});
