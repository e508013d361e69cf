import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx, statementsOf } from "../../test/support/database.ts";
import { givenOrder } from "../../test/support/given-orders.ts";
import { orderNumber } from "./number.ts";
import { tellOrders } from "./tell-orders.ts";

describe("tellOrders", () => {
  test(
    "tells how orders stand, and why one was not paid",
    inTx(async (tx) => {
      const paid = await givenOrder(tx, { status: "paid" });
      const unpaid = await givenOrder(tx, { status: "pending" });
      const told = await tellOrders(tx, [paid.orderId, unpaid.orderId, 999_999n]);
      assert.deepEqual(
        [...told.values()],
        [
          { uid: paid.uid, number: orderNumber(paid.orderId), status: "paid", paymentFailure: null },
          { uid: unpaid.uid, number: orderNumber(unpaid.orderId), status: "pending", paymentFailure: "card_declined" },
        ],
      );
    }),
  );

  test(
    "takes a statement, one more where a payment failed, and none for no orders",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      const statements = (orderIds: bigint[]) => statementsOf(tx, (watched) => tellOrders(watched, orderIds));
      assert.deepEqual(await statements([orderId, orderId]), ["orders.find_orders"]);
      const unpaid = await givenOrder(tx, { status: "pending" });
      assert.deepEqual(await statements([unpaid.orderId]), ["orders.find_orders", "payments.find_attempts"]);
      assert.deepEqual(await statements([]), []);
    }),
  );
});
