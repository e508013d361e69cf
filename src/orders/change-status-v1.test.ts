import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import { changeStatusV1 } from "./change-status-v1.ts";

describe("changeStatusV1", () => {
  test(
    "reads status words in any case",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const shipped = await changeStatusV1(tx, { orderId, status: "SHIPPED", by }, policy, noon);
      assert.equal(shipped.status, "shipped");
      assert.equal(shipped.items.length, 2);
      assert.equal((await changeStatusV1(tx, { orderId, status: "Delivered", by }, policy, noon)).status, "delivered");
    }),
  );

  test(
    "cancels as DELETE does",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const cancelled = await changeStatusV1(tx, { orderId, status: "cancelled", by }, policy, noon);
      assert.deepEqual([cancelled.status, cancelled.refundingMinor], ["cancelled", 300n]);
    }),
  );

  for (const status of ["paid", "pending", "payment_processing"]) {
    test(
      `lets nobody set ${status} by hand, not even where the order stands there`,
      inTx(async (tx) => {
        const standing = await givenOrder(tx, { status: status as "paid" });
        const other = await givenOrder(tx, { status: "shipped" });
        for (const { orderId } of [standing, other]) {
          const change = changeStatusV1(tx, { orderId, status, by }, policy, noon);
          await assert.rejects(change, { code: "order.cannot_move" });
        }
      }),
    );
  }

  test(
    "refuses what is no status, and an order that does not exist",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx);
      const unknown = changeStatusV1(tx, { orderId, status: "sold", by }, policy, noon);
      await assert.rejects(unknown, { code: "order.status_unknown" });
      for (const status of ["shipped", "paid", "cancelled"]) {
        const nowhere = changeStatusV1(tx, { orderId: 4_000_000n, status, by }, policy, noon);
        await assert.rejects(nowhere, { code: "order.not_found" });
      }
    }),
  );
});
