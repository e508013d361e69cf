import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { newOrder, noon, orderPlaced, policy } from "../../test/support/given-orders.ts";
import { findAttempts, listEntries } from "../payments/index.ts";
import type { Db, Tx } from "../platform/db.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { cancelOrder } from "./cancel-order.ts";
import type { NewOrder } from "./new-order.ts";
import { findOrders } from "./order-queries.ts";
import { noOrigin } from "./origin.ts";
import { type Placement, placeOrders } from "./place-orders.ts";
import { refundPayment } from "./refund-payment.ts";
import { settlePayments } from "./settle-payments.ts";
import { startPayment } from "./start-payment.ts";
import { tellCustomer } from "./tell-customer.ts";

const paidAt = new Date("2026-10-01T08:30:00.000Z");

/** A test in a transaction in which letters and refunds can be queued. */
function inShop(work: (tx: Tx) => Promise<void>): () => Promise<void> {
  return inTx(async (tx) => {
    await prepareJobs(tx, [tellCustomer, refundPayment]);
    await work(tx);
  });
}

function fromSource(orderId: bigint, externalReference: string | null, source = "shop"): NewOrder {
  return { ...newOrder(orderId), payment: { kind: "none" }, origin: { ...noOrigin, source, externalReference } };
}

function recorded(orderId: bigint, reference: string | null): NewOrder {
  return { ...newOrder(orderId), payment: { kind: "recorded", reference, paidAt } };
}

function outcomesOf(placements: readonly Placement[]): string[] {
  return placements.map(({ outcome }) => outcome);
}

async function lettersOf(tx: Tx, orderId: bigint): Promise<unknown[]> {
  const jobs = await ask<{ kind: string }>(
    tx,
    `select payload ->> 'kind' as kind from graphile_worker._private_jobs
      where payload ->> 'orderId' = '${orderId}' and payload ->> 'kind' is not null order by id`,
  );
  return jobs.map(({ kind }) => kind);
}

describe("an order that is placed again", () => {
  test(
    "is a duplicate of the one with its reference, in the set and later, and writes nothing",
    inShop(async (tx) => {
      const [first, second] = await placeOrders(tx, [fromSource(501n, "R-1"), fromSource(502n, "R-1")], policy, noon);
      const placed = orderPlaced(first);
      const repeat = { outcome: "duplicate", order: { orderId: 501n, uid: placed.uid } };
      assert.deepEqual(second, repeat);
      const later = await statementsOf(tx, async (watched) =>
        assert.deepEqual(await placeOrders(watched, [fromSource(503n, "R-1")], policy, noon), [repeat]),
      );
      assert.deepEqual(later, ["orders.find_orders_by_reference"]);
      assert.deepEqual(await findOrders(tx, { orderIds: [502n, 503n] }), []);
    }),
  );

  test(
    "is another one for another source, and when it has no reference",
    inShop(async (tx) => {
      const orders = [
        fromSource(511n, "R-1"),
        fromSource(512n, "R-1", "market"),
        fromSource(513n, null),
        fromSource(514n, null),
      ];
      assert.deepEqual(outcomesOf(await placeOrders(tx, orders, policy, noon)), Array(4).fill("placed"));
    }),
  );

  test(
    "is a duplicate of the one with the UUID that it came with",
    inShop(async (tx) => {
      const [first] = await placeOrders(tx, [newOrder(521n)], policy, noon);
      const { uid } = orderPlaced(first);
      const again = { ...newOrder(522n), uid, uidIsGiven: true };
      assert.deepEqual(await placeOrders(tx, [again], policy, noon), [
        { outcome: "duplicate", order: { orderId: 521n, uid } },
      ]);
    }),
  );

  test(
    "is rejected with a UUID so near to another one that their events would share their names",
    inShop(async (tx) => {
      const [first] = await placeOrders(tx, [newOrder(531n)], policy, noon);
      const { uid } = orderPlaced(first);
      const near = uid.slice(0, -4) + (uid.endsWith("0000") ? "0001" : "0000");
      const orders = [
        { ...newOrder(532n), uid: near, uidIsGiven: true },
        { ...newOrder(533n), uid: "none", uidIsGiven: true },
      ];
      assert.deepEqual(outcomesOf(await placeOrders(tx, orders, policy, noon)), ["rejected", "rejected"]);
    }),
  );
});

describe("a set of orders", () => {
  test(
    "is answered as it was given and written by reference, so that no two wait for each other",
    inShop(async (tx) => {
      const references = ["R-2", "R-3", "R-1"];
      const orders = references.map((reference, index) => fromSource(591n + BigInt(index), reference));
      const placements = await placeOrders(tx, orders, policy, noon);
      assert.deepEqual(
        placements.map((placement) => orderPlaced(placement).orderId),
        [591n, 592n, 593n],
      );
      const written = await ask(tx, "select external_reference from orders.orders where order_id > 590 order by ctid");
      assert.deepEqual(
        written.map(({ externalReference }) => externalReference),
        ["R-1", "R-2", "R-3"],
      );
    }),
  );
});

describe("an order that waits", () => {
  test(
    "is pending until its own deadline, also after a payment failed",
    inShop(async (tx) => {
      const expiresAt = new Date("2027-03-01T00:00:00.000Z");
      const [placement] = await placeOrders(tx, [{ ...fromSource(541n, "R-1"), expiresAt }], policy, noon);
      const placed = orderPlaced(placement);
      assert.deepEqual([placed.status, placed.expiresAt], ["pending", expiresAt]);
      assert.deepEqual(await findAttempts(tx, { orderIds: [541n] }), []);

      const by = { actor: "test", cause: "given" };
      await startPayment(tx, { orderId: 541n, gateway: "sandbox", by }, policy, noon);
      const answer = { outcome: "failed", failure: "card_declined", reference: null } as const;
      await settlePayments(tx, [{ orderId: 541n, attempt: 1, answer, by }], policy, noon);
      const [declined] = await findOrders(tx, { orderIds: [541n] });
      assert.deepEqual([declined?.status, declined?.expiresAt], ["pending", expiresAt]);
    }),
  );
});

describe("an order that was paid elsewhere", () => {
  test(
    "is paid at once: attempt, entry, part and three events, with the reference and the time given",
    inShop(async (tx) => {
      const [placement] = await placeOrders(tx, [recorded(551n, "wire-1")], policy, noon);
      const placed = orderPlaced(placement);
      assert.deepEqual([placed.status, placed.capturedMinor, placed.attempts], ["paid", 300n, 1]);
      const [attempt] = await findAttempts(tx, { orderIds: [551n] });
      assert.deepEqual(
        [attempt?.state, attempt?.gateway, attempt?.reference, attempt?.checkAt],
        ["paid", "recorded", "wire-1", null],
      );
      const [entry] = await listEntries(tx, { orderId: 551n });
      assert.deepEqual([entry?.kind, entry?.gateway, entry?.reference], ["capture", "recorded", "wire-1"]);
      const [time] = await ask(tx, "select occurred_at from payments.money_entries where order_id = 551");
      assert.deepEqual(time, { occurredAt: paidAt });
      const events = await ask<{ type: string }>(
        tx,
        "select type from events.events where stream_id = 551 order by sequence",
      );
      assert.deepEqual(
        events.map(({ type }) => type),
        ["OrderCreated", "PaymentProcessed", "OrderConfirmed"],
      );
    }),
  );

  test(
    "is known by its own UUID when the payment has no reference, and needs none when it costs nothing",
    inShop(async (tx) => {
      const free = { ...recorded(562n, "wire-2"), items: [], discountMinor: 0n };
      const [given, gratis] = await placeOrders(tx, [recorded(561n, null), free], policy, noon);
      const [attempt] = await findAttempts(tx, { orderIds: [561n, 562n] });
      assert.equal(attempt?.reference, orderPlaced(given).uid);
      assert.deepEqual([orderPlaced(gratis).status, orderPlaced(gratis).attempts], ["paid", 0]);
    }),
  );

  test(
    "is rejected when its payment is recorded for another order, in the set or before",
    inShop(async (tx) => {
      const orders = [recorded(571n, "wire-3"), recorded(572n, "wire-3")];
      assert.deepEqual(outcomesOf(await placeOrders(tx, orders, policy, noon)), ["placed", "rejected"]);
      const [again] = await placeOrders(tx, [recorded(573n, "wire-3")], policy, noon);
      assert.ok(again?.outcome === "rejected");
      assert.equal(again.fault.pointer, "/payment_reference");
    }),
  );
});

describe("a quiet order", () => {
  test(
    "has no letter, now or later; nor has one without an address",
    inShop(async (tx) => {
      const quiet = { ...recorded(581n, "wire-4"), notify: false };
      const nobody = { ...recorded(582n, "wire-5"), customerEmail: "" };
      await placeOrders(tx, [quiet, nobody, recorded(583n, "wire-6")], policy, noon);
      for (const orderId of [581n, 582n, 583n]) {
        const by = { actor: "test", cause: "given" };
        await cancelOrder(tx, { orderId, reason: "CUSTOMER_REQUESTED", by }, policy, noon);
      }
      assert.deepEqual(await lettersOf(tx, 581n), []);
      assert.deepEqual(await lettersOf(tx, 582n), []);
      assert.deepEqual(await lettersOf(tx, 583n), ["order_confirmation", "order_cancelled"]);
    }),
  );
});

describe("two that place the same at once", () => {
  let db: Db;
  before(async () => {
    db = (await testDatabase()).db;
    await prepareJobs(db, [tellCustomer, refundPayment]);
  });

  /** Both look before either commits; answers what each made of it. */
  async function placeAtOnce(one: readonly NewOrder[], other: readonly NewOrder[]): Promise<string[][]> {
    const bothLooked = Promise.withResolvers<void>();
    let looked = 0;
    const place = (orders: readonly NewOrder[]) =>
      db.transaction(async (tx) => {
        const placements = await placeOrders(tx, orders, policy, noon);
        looked += 1;
        if (looked === 2) bothLooked.resolve();
        await bothLooked.promise;
        return placements;
      });
    return (await Promise.all([place(one), place(other)])).map(outcomesOf);
  }

  test("have one order for each reference, and the second hears of duplicates", async () => {
    const references = Array.from({ length: 50 }, (_, index) => `R-${index}`);
    const forth = references.map((reference, index) => fromSource(1_000n + BigInt(index), reference));
    const back = references.map((reference, index) => fromSource(2_000n + BigInt(index), reference)).reverse();
    const outcomes = await placeAtOnce(forth, back);
    assert.deepEqual(outcomes.map((one) => [...new Set(one)]).sort(), [["duplicate"], ["placed"]]);
    const [counted] = await ask(db, "select count(*)::int as orders from orders.orders where source = 'shop'");
    assert.deepEqual(counted, { orders: 50 });
  });

  test("have one order for each UUID and for each payment that was made elsewhere", async () => {
    const uid = newOrder(1n).uid;
    const given = (orderId: bigint) => ({ ...newOrder(orderId), uid, uidIsGiven: true });
    assert.deepEqual((await placeAtOnce([given(3_001n)], [given(3_002n)])).sort(), [["duplicate"], ["placed"]]);
    const paid = await placeAtOnce([recorded(3_003n, "wire-9")], [recorded(3_004n, "wire-9")]);
    assert.deepEqual(paid.sort(), [["placed"], ["rejected"]]);
  });

  test("leave no room for two UUIDs of which events and attempts would be called alike", async () => {
    const stem = newOrder(1n).uid.slice(0, -4);
    const given = (orderId: bigint, digits: string) => ({
      ...newOrder(orderId),
      uid: `${stem}${digits}`,
      uidIsGiven: true,
    });
    const outcomes = await placeAtOnce([given(3_101n, "0000")], [given(3_102n, "8001")]);
    assert.deepEqual(outcomes.sort(), [["placed"], ["rejected"]]);
  });

  test("wait for each other, never each for the other, when they bring the same payments", async () => {
    const wires = Array.from({ length: 50 }, (_, index) => `wire-${100 + index}`);
    const forth = wires.map((wire, index) => recorded(4_000n + BigInt(index), wire));
    const back = wires.map((wire, index) => recorded(5_000n + BigInt(index), wire)).reverse();
    const before = db.load().repeated;
    const outcomes = await placeAtOnce(forth, back);
    assert.deepEqual(outcomes.map((one) => [...new Set(one)]).sort(), [["placed"], ["rejected"]]);
    assert.ok(db.load().repeated - before <= 1);
  });
});
