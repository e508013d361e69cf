import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { givenOrder, noon } from "../../test/support/given-orders.ts";
import { listStream } from "../events/index.ts";
import type { Sql } from "../platform/db.ts";
import { findOrdersWithItems } from "./find-orders.ts";
import { noteOnOrders, type OrderNote } from "./note-on-orders.ts";

const later = new Date("2026-11-23T13:00:00.000Z");
const missing = 999_999_999n;

function noteOn(orderId: bigint, data: object = {}): OrderNote {
  return { orderId, type: "NotificationSent", data, actor: "letters", cause: "test" };
}

const streamOf = (sql: Sql, orderId: bigint) => listStream(sql, "order", orderId);

/** The numbers of an order's events, and what those of the notes say. */
async function notesOf(sql: Sql, orderId: bigint): Promise<unknown[]> {
  const events = await streamOf(sql, orderId);
  assert.deepEqual(
    events.map((event) => event.sequence),
    events.map((_, index) => index + 1),
    "the stream has no gap",
  );
  return events.filter((event) => event.type === "NotificationSent").map((event) => event.data);
}

describe("noteOnOrders", () => {
  test(
    "appends the next event to the order's stream and moves nothing else",
    inTx(async (tx) => {
      const order = await givenOrder(tx, { status: "paid" });
      await noteOnOrders(tx, [noteOn(order.orderId, { template: "ORDER_CONFIRMATION" })], later);
      const [now] = await findOrdersWithItems(tx, [order.orderId]);
      assert.deepEqual(now, { ...order, lastSequence: order.lastSequence + 1 });
      const event = (await streamOf(tx, order.orderId)).at(-1);
      assert.ok(event);
      const { sequence, type, subject, occurredAt, fromStatus, toStatus, actor, cause, data } = event;
      assert.deepEqual(
        { sequence, type, subject, occurredAt, fromStatus, toStatus, actor, cause, data },
        {
          sequence: order.lastSequence + 1,
          type: "NotificationSent",
          subject: order.uid,
          occurredAt: later,
          fromStatus: null,
          toStatus: null,
          actor: "letters",
          cause: "test",
          data: { template: "ORDER_CONFIRMATION" },
        },
      );
    }),
  );

  for (const status of ["pending", "payment_processing", "shipped", "delivered", "cancelled"] as const) {
    test(
      `leaves an order that is ${status} as it is, its deadline too`,
      inTx(async (tx) => {
        const { orderId } = await givenOrder(tx, { status });
        const [before] = await findOrdersWithItems(tx, [orderId]);
        assert.ok(before);
        await noteOnOrders(tx, [noteOn(orderId)], later);
        const [now] = await findOrdersWithItems(tx, [orderId]);
        assert.deepEqual(now, { ...before, lastSequence: before.lastSequence + 1 });
      }),
    );
  }

  test(
    "keeps several notes on one order in their order, and those on others apart",
    inTx(async (tx) => {
      const one = await givenOrder(tx);
      const other = await givenOrder(tx);
      const notes = [noteOn(other.orderId, { n: 1 }), noteOn(one.orderId, { n: 2 }), noteOn(other.orderId, { n: 3 })];
      await noteOnOrders(tx, notes, noon);
      assert.deepEqual(await notesOf(tx, one.orderId), [{ n: 2 }]);
      assert.deepEqual(await notesOf(tx, other.orderId), [{ n: 1 }, { n: 3 }]);
      const ids = (await streamOf(tx, other.orderId)).map((event) => event.eventId);
      assert.equal(new Set(ids).size, ids.length);
    }),
  );

  test(
    "drops a note on an order that is not there, and keeps the others",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx);
      await noteOnOrders(tx, [noteOn(missing), noteOn(orderId)], noon);
      assert.equal((await notesOf(tx, orderId)).length, 1);
      assert.deepEqual(await streamOf(tx, missing), []);
    }),
  );

  test(
    "does nothing when there is nothing to note",
    inTx(async (tx) => {
      await noteOnOrders(tx, [], noon);
      assert.deepEqual(await ask(tx, "select 1 from events.events"), []);
    }),
  );

  test(
    "takes three statements, however many notes",
    inTx(async (tx) => {
      const { orderId } = await givenOrder(tx);
      const names = await statementsOf(tx, (watched) =>
        noteOnOrders(watched, [noteOn(orderId), noteOn(orderId)], noon),
      );
      assert.deepEqual(names, ["orders.lock_orders", "orders.update_orders", "events.insert_events"]);
    }),
  );

  test("loses none of many that come at once, and leaves no gap", async () => {
    const { db } = await testDatabase();
    const [one, other] = await db.transaction(async (tx) => [await givenOrder(tx), await givenOrder(tx)]);
    assert.ok(one && other);
    let runs = 0;
    const writers = Array.from({ length: 20 }, (_, writer) => {
      // Named in both orders: locks taken as they come would wait for each other, and a victim would run again.
      const notes = [noteOn(one.orderId, { writer }), noteOn(other.orderId, { writer })];
      if (writer % 2 === 1) notes.reverse();
      return db.transaction((tx) => {
        runs += 1;
        return noteOnOrders(tx, notes, noon);
      });
    });
    await Promise.all(writers);
    assert.equal(runs, 20);
    for (const { orderId } of [one, other]) assert.equal((await notesOf(db, orderId)).length, 20);
  });
});
