import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, testDatabase } from "../../test/support/database.ts";
import { givenPurchase, newPurchase, someDetails } from "../../test/support/given-bought.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import { findAttempts, setAttemptSession } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { findBoughtOrders, getUserOrder, getUserOrders } from "./find-shopper-orders.ts";
import { getOrderToPay } from "./get-order-to-pay.ts";
import { moveShopperOrders } from "./move-shopper-orders.ts";
import type { OrderWithItems } from "./order.ts";
import { placeOrders } from "./place-orders.ts";
import { processOrderToPaid } from "./process-order-to-paid.ts";
import { settlePayments } from "./settle-payments.ts";
import { startHostedPayment } from "./start-hosted-payment.ts";
import { updateAttemptToPay } from "./update-attempt-to-pay.ts";

const soon = new Date("2026-11-23T12:01:00.000Z");
const later = new Date("2026-11-23T12:02:00.000Z");
const ann = "anonymous/ann";
const bob = "user/018f3c1e-0000-7000-8000-000000000001";

async function eventTypes(tx: Tx, { orderId }: OrderWithItems): Promise<string[]> {
  const rows = await ask<{ type: string }>(
    tx,
    `select type from events.events where stream_kind = 'order' and stream_id = ${orderId} order by sequence`,
  );
  return rows.map(({ type }) => type);
}

async function withSession(tx: Tx, order: OrderWithItems, sessionReference = `cs_${order.orderId}`): Promise<string> {
  const { orderId, attempts: attempt } = order;
  await setAttemptSession(tx, { orderId, attempt, sessionReference, sessionUrl: "https://pay.example/x", now: noon });
  return sessionReference;
}

function paid({ totalMinor, currency, orderId }: OrderWithItems, more: object = {}) {
  return { status: "paid" as const, reference: `pay-${orderId}`, totalMinor, currency, ...more };
}

describe("create_order", () => {
  test(
    "makes an order of a cart, whose it is, what it was, and a payment on the gateway's page",
    inTx(async (tx) => {
      const cartId = randomUUID();
      const order = await givenPurchase(tx, { owner: ann, cartId, details: someDetails });
      assert.equal(order.status, "payment_processing");
      assert.equal(order.cartId, cartId);
      assert.equal(order.taxIncludedMinor, 27n);
      assert.deepEqual(await eventTypes(tx, order), ["OrderCreated", "CartCheckedOut", "PaymentInitiated"]);
      const [bought] = await findBoughtOrders(tx, [order.orderId]);
      assert.equal(bought?.owner, ann);
      assert.equal(bought?.details, someDetails);
      assert.equal(bought?.frozenAt, null);
      assert.equal(bought?.attempt?.hosted, true);
    }),
  );

  test("makes one order of one cart: a second is refused by the database", async () => {
    const { db } = await testDatabase();
    const cartId = randomUUID();
    await db.transaction((tx) => givenPurchase(tx, { cartId }));
    await assert.rejects(
      db.transaction((tx) => givenPurchase(tx, { cartId })),
      { constraint: "orders_cart_once" },
    );
  });

  test(
    "of a cart that costs nothing is paid and frozen at once",
    inTx(async (tx) => {
      const order = await givenPurchase(tx, { unitPriceMinor: 0n });
      assert.equal(order.status, "paid");
      const [bought] = await findBoughtOrders(tx, [order.orderId]);
      assert.deepEqual(bought?.frozenAt, noon);
      assert.deepEqual(await eventTypes(tx, order), ["OrderCreated", "CartCheckedOut", "OrderConfirmed"]);
    }),
  );

  test(
    "tells subscribers of the cart as FlowMart's schema has it",
    inTx(async (tx) => {
      const order = await givenPurchase(tx);
      const [row] = await ask<{ eventId: string; data: Record<string, unknown> }>(
        tx,
        `select event_id, data from events.events where stream_id = ${order.orderId} and type = 'CartCheckedOut'`,
      );
      const { items, ...data } = row?.data ?? {};
      assert.deepEqual(data, {
        eventId: row?.eventId,
        occurredAt: noon.toISOString(),
        orderId: order.uid,
        cartId: order.cartId,
        customerId: order.customerId,
        subtotal: 300,
        discount: 0,
        total: 300,
        currency: "USD",
      });
      assert.equal((items as object[]).length, 1);
    }),
  );

  test(
    "places orders that were carts and others in one set",
    inTx(async (tx) => {
      const first = await givenOrder(tx);
      const [purchase, plain] = [newPurchase(first.orderId + 1000n), newPurchase(first.orderId + 1001n)];
      const { cart: _none, ...withoutCart } = plain;
      const placed = await placeOrders(tx, [purchase, withoutCart], policy, noon);
      assert.deepEqual(
        placed.map(({ outcome }) => outcome),
        ["placed", "placed"],
      );
      const bought = await findBoughtOrders(tx, [purchase.orderId, plain.orderId]);
      assert.deepEqual(
        bought.map(({ order }) => order.orderId),
        [purchase.orderId],
      );
    }),
  );
});

describe("get_order_to_pay", () => {
  test(
    "answers an order that is not paid, whether its payment is under way or failed",
    inTx(async (tx) => {
      const order = await givenPurchase(tx);
      const under = await getOrderToPay(tx, { orderId: order.orderId });
      assert.equal(under.status, "payment_processing");
      assert.equal(under.totalMinor, 300n);
      const answer = { outcome: "failed", failure: "card_declined", reference: null } as const;
      await settlePayments(tx, [{ orderId: order.orderId, attempt: 1, answer, by }], policy, soon);
      assert.equal((await getOrderToPay(tx, { orderId: order.orderId })).status, "pending");
    }),
  );

  test(
    "refuses one that is paid, and one that is not there",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx, { status: "paid" });
      await assert.rejects(getOrderToPay(tx, { orderId }), { code: "order.cannot_move" });
      await assert.rejects(getOrderToPay(tx, { orderId: 999_999n }), { code: "order.not_found" });
    }),
  );
});

describe("get_user_order", () => {
  test(
    "answers the owner's order, and to nobody else that there is one",
    inTx(async (tx) => {
      const order = await givenPurchase(tx, { owner: bob });
      assert.equal((await getUserOrder(tx, order.uid, { owner: bob })).order.orderId, order.orderId);
      await assert.rejects(getUserOrder(tx, order.uid, { owner: ann }), { code: "order.not_found" });
      await assert.rejects(getUserOrder(tx, "ORD-00000001", { owner: bob }), { code: "order.not_found" });
      await assert.rejects(getUserOrder(tx, randomUUID(), { owner: bob }), { code: "order.not_found" });
    }),
  );

  test(
    "answers the bearer of its link, though never an order that was no cart",
    inTx(async (tx) => {
      const order = await givenPurchase(tx, { owner: bob });
      assert.equal((await getUserOrder(tx, order.uid, "linked")).owner, bob);
      const plain = await givenOrder(tx);
      await assert.rejects(getUserOrder(tx, plain.uid, "linked"), { code: "order.not_found" });
    }),
  );
});

async function givenThree(tx: Tx, owner: string): Promise<bigint[]> {
  const ids: bigint[] = [];
  for (let made = 0; made < 3; made += 1) ids.unshift((await givenPurchase(tx, { owner })).orderId);
  return ids;
}

for (const [name, owner, stranger] of [
  ["get_user_orders", bob, ann],
  ["get_anonymous_user_orders", ann, bob],
] as const) {
  describe(name, () => {
    test(
      "pages through the owner's orders, newest first, and counts them",
      inTx(async (tx) => {
        const newestFirst = await givenThree(tx, owner);
        await givenPurchase(tx, { owner: stranger });
        const first = await getUserOrders(tx, owner, { page: 1, pageSize: 2 });
        const second = await getUserOrders(tx, owner, { page: 2, pageSize: 2 });
        const ids = [...first.orders, ...second.orders].map(({ order }) => order.orderId);
        assert.deepEqual(ids, newestFirst);
        assert.equal(first.orders.length, 2);
        assert.equal(first.total, 3n);
        assert.deepEqual((await getUserOrders(tx, owner, { page: 3, pageSize: 2 })).orders, []);
      }),
    );
  });
}

describe("attempt_to_pay_for_order", () => {
  test(
    "answers the attempt whose page is open, however often it is asked",
    inTx(async (tx) => {
      const { orderId } = await givenPurchase(tx);
      const asked = { orderId, gateway: "sandbox", hosted: true, by };
      const again = await startHostedPayment(tx, asked, policy, soon);
      assert.equal(again.isNew, false);
      assert.equal(again.attempt.attempt, 1);
      assert.equal((await findAttempts(tx, { orderIds: [orderId] })).length, 1);
    }),
  );

  test(
    "begins the next one when the last failed",
    inTx(async (tx) => {
      const { orderId } = await givenPurchase(tx);
      const answer = { outcome: "failed", failure: "card_declined", reference: null } as const;
      await settlePayments(tx, [{ orderId, attempt: 1, answer, by }], policy, soon);
      const started = await startHostedPayment(tx, { orderId, gateway: "sandbox", hosted: true, by }, policy, later);
      assert.equal(started.isNew, true);
      assert.equal(started.attempt.attempt, 2);
      assert.equal(started.order.status, "payment_processing");
    }),
  );

  test(
    "leaves a payment alone that is charged without a page, or by somebody else",
    inTx(async (tx) => {
      const charged = await givenPurchase(tx, { payment: { kind: "charge", gateway: "sandbox" } });
      const asked = { gateway: "sandbox", hosted: true, by };
      await assert.rejects(startHostedPayment(tx, { ...asked, orderId: charged.orderId }, policy, soon), {
        code: "order.payment_under_way",
      });
      const elsewhere = await givenPurchase(tx);
      await assert.rejects(
        startHostedPayment(tx, { ...asked, gateway: "other", orderId: elsewhere.orderId }, policy, soon),
        { code: "order.payment_under_way" },
      );
    }),
  );
});

describe("update_attempt_to_pay", () => {
  test(
    "pays the order when amount and currency are those that were asked for, once",
    inTx(async (tx) => {
      const order = await givenPurchase(tx);
      const externalId = await withSession(tx, order);
      const update = { gateway: "sandbox", externalId, outcome: paid(order), by };
      const first = await updateAttemptToPay(tx, update, policy, soon);
      assert.deepEqual([first.success, first.order?.status], [true, "paid"]);
      const second = await updateAttemptToPay(tx, update, policy, later);
      assert.deepEqual([second.success, second.order?.capturedMinor], [true, 300n]);
      const [bought] = await findBoughtOrders(tx, [order.orderId]);
      assert.deepEqual(bought?.frozenAt, soon);
    }),
  );

  for (const [what, wrong] of [
    ["another amount", { totalMinor: 299n }],
    ["another currency", { currency: "EUR" }],
  ] as const) {
    test(
      `pays nothing by ${what}: the money waits for a person`,
      inTx(async (tx) => {
        const order = await givenPurchase(tx);
        const externalId = await withSession(tx, order);
        const update = { gateway: "sandbox", externalId, outcome: paid(order, wrong), by };
        const heard = await updateAttemptToPay(tx, update, policy, soon);
        assert.equal(heard.success, false);
        assert.equal(heard.order?.status, "pending");
        const tasks = await ask(tx, `select from tasks.tasks where order_id = ${order.orderId}`);
        assert.equal(tasks.length, 1);
      }),
    );
  }

  test(
    "lets the order be paid again when the page came to nothing",
    inTx(async (tx) => {
      const order = await givenPurchase(tx);
      const externalId = await withSession(tx, order);
      const outcome = { status: "failed", failure: "session_expired", reference: null } as const;
      const heard = await updateAttemptToPay(tx, { gateway: "sandbox", externalId, outcome, by }, policy, soon);
      assert.deepEqual([heard.success, heard.order?.status], [false, "pending"]);
    }),
  );

  test(
    "refuses a page that nobody knows, and one of another gateway",
    inTx(async (tx) => {
      const order = await givenPurchase(tx);
      const externalId = await withSession(tx, order);
      const update = { gateway: "sandbox", externalId: "cs_unknown", outcome: paid(order), by };
      await assert.rejects(updateAttemptToPay(tx, update, policy, soon), { code: "order.session_not_found" });
      await assert.rejects(updateAttemptToPay(tx, { ...update, gateway: "other", externalId }, policy, soon), {
        code: "order.session_not_found",
      });
    }),
  );
});

describe("process_order_to_paid", () => {
  test(
    "marks the order paid, freezes its details, and confirms it",
    inTx(async (tx) => {
      const order = await givenPurchase(tx);
      const { orderId, totalMinor, currency } = order;
      const done = await processOrderToPaid(
        tx,
        { orderId, attempt: 1, reference: "pay-1", totalMinor, currency, by },
        policy,
        soon,
      );
      assert.equal(done.success, true);
      assert.deepEqual((await eventTypes(tx, order)).slice(-2), ["PaymentProcessed", "OrderConfirmed"]);
      const [bought] = await findBoughtOrders(tx, [orderId]);
      assert.deepEqual(bought?.frozenAt, soon);
    }),
  );

  test(
    "gives a second payment back: at most one attempt of an order is paid",
    inTx(async (tx) => {
      const order = await givenPurchase(tx);
      const { orderId, totalMinor, currency } = order;
      const answer = { outcome: "failed", failure: "session_expired", reference: null } as const;
      await settlePayments(tx, [{ orderId, attempt: 1, answer, by }], policy, soon);
      await startHostedPayment(tx, { orderId, gateway: "sandbox", hosted: true, by }, policy, soon);
      const pay = (attempt: number) =>
        processOrderToPaid(
          tx,
          { orderId, attempt, reference: `pay-${attempt}`, totalMinor, currency, by },
          policy,
          later,
        );
      assert.equal((await pay(2)).success, true);
      const surplus = await pay(1);
      assert.equal(surplus.success, false);
      assert.equal(surplus.order?.capturedMinor, 600n);
      assert.equal(surplus.order?.refundingMinor, 300n);
    }),
  );
});

describe("details of an order", () => {
  test(
    "can be changed by nobody once it is paid",
    inTx(async (tx) => {
      const { orderId } = await givenPurchase(tx, { unitPriceMinor: 0n });
      await assert.rejects(
        ask(tx, `update orders.shopper_orders set details = '{"version":2}' where order_id = ${orderId}`),
        { code: "23001" },
      );
    }),
  );

  test(
    "stay whose order it is, and move with it when its shopper signs in",
    inTx(async (tx) => {
      const order = await givenPurchase(tx, { owner: ann, unitPriceMinor: 0n, details: someDetails });
      assert.equal(await moveShopperOrders(tx, { from: ann, to: bob }), 1);
      assert.equal(await moveShopperOrders(tx, { from: ann, to: bob }), 0);
      assert.equal((await getUserOrder(tx, order.uid, { owner: bob })).details, someDetails);
      await assert.rejects(getUserOrder(tx, order.uid, { owner: ann }), { code: "order.not_found" });
    }),
  );
});
