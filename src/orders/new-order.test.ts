import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { by } from "../../test/support/given-orders.ts";
import { customerIdOf } from "./draft.ts";
import { type GivenToOrder, newOrderOf } from "./new-order.ts";
import type { OrderDraft } from "./order-draft.ts";
import { noOrigin } from "./origin.ts";
import { type DraftedOrder, readOrderDraft } from "./read-order-draft.ts";

const uid = "019AB111-0000-7000-8000-000000000042";
const { externalReference: _reference, orderedAt: _time, ...noPlace } = noOrigin;
const given: GivenToOrder = {
  orderId: 42n,
  uid,
  notify: false,
  by,
  origin: { ...noPlace, source: "shop" },
  payment: { kind: "recorded" },
};

function drafted(said: Partial<OrderDraft> = {}): DraftedOrder {
  const tea = { product_name: "Tea", quantity: 2, unit_price: 150 };
  const draft = { external_reference: "R-1", currency: "JPY", items: [tea], ...said };
  const reading = readOrderDraft(draft, { missingEmail: "accept", zeroPrice: "accept" });
  assert.ok("order" in reading);
  return reading.order;
}

describe("newOrderOf", () => {
  test("joins what the draft says with what it cannot say", () => {
    const order = newOrderOf(
      drafted({ ordered_at: "2025-04-03T10:00:00Z", payment_reference: "wire-1", paid_at: "2025-04-04T10:00:00Z" }),
      given,
    );
    assert.equal(order.uid, uid.toLowerCase());
    assert.deepEqual(order.origin, {
      ...noOrigin,
      source: "shop",
      externalReference: "R-1",
      orderedAt: new Date("2025-04-03T10:00:00Z"),
    });
    assert.deepEqual(order.payment, {
      kind: "recorded",
      reference: "wire-1",
      paidAt: new Date("2025-04-04T10:00:00Z"),
    });
    assert.equal("paymentReference" in order, false);
  });

  test("drops a reference that is no source's", () => {
    const order = newOrderOf(drafted(), { ...given, origin: noPlace });
    assert.equal(order.origin.externalReference, null);
  });

  test("knows a customer by the address, else by the source's name for him, else by this order alone", () => {
    const idOf = (said: Partial<OrderDraft>, source = "shop", orderUid = uid) =>
      newOrderOf(drafted(said), { ...given, uid: orderUid, origin: { ...noPlace, source } }).customerId;
    assert.equal(
      idOf({ customer_email: "Ann@example.com", customer_reference: "C-1" }),
      customerIdOf("ann@example.com"),
    );
    assert.equal(
      idOf({ customer_reference: "C-1" }),
      idOf({ customer_reference: "C-1" }, "shop", uid.replace("4", "5")),
    );
    assert.notEqual(idOf({ customer_reference: "C-1" }), idOf({ customer_reference: "C-1" }, "market"));
    assert.notEqual(idOf({}), idOf({}, "shop", "019ab111-0000-7000-8000-000000000043"));
  });
});
