import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { Ajv } from "ajv";
import ajvFormats from "ajv-formats";
import { ask, genericPlan } from "../../test/support/ask.ts";
import { inTx, testDatabase } from "../../test/support/database.ts";
import { givenEvent } from "../../test/support/given-events.ts";
import type { Tx } from "../platform/db.ts";
import { holdsLease, takeLease } from "../platform/leases.ts";
import { listStatements } from "../platform/statements.ts";
import { appendEvents } from "./append-events.ts";
import type { NewEvent } from "./event.ts";
import { numberAppended } from "./event-queries.ts";
import { listFeed } from "./list-feed.ts";

/** Appends and numbers, as if the transaction had been committed in between. */
async function givenFeed(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  const lease = await takeLease(tx, { name: "sequencer", holder: randomUUID(), seconds: 60 });
  assert.ok(lease && (await holdsLease(tx, lease)));
  await appendEvents(tx, events);
  await numberAppended(tx, {});
}

const subject = "01930000-0000-7000-8000-000000000001";
const eventId = "01930000-0000-7000-8000-0000000000aa";

describe("listFeed", () => {
  test(
    "shows an event as a CloudEvent",
    inTx(async (tx) => {
      await givenFeed(tx, [givenEvent(7n, 1, { eventId, type: "OrderCreated", data: { total: 300 } })]);
      const { events, nextAfter } = await listFeed(tx, { after: 0n, limit: 10 });
      assert.deepEqual(events, [
        {
          specversion: "1.0",
          id: eventId,
          source: "/orderwell",
          type: "OrderCreated",
          subject,
          time: "2026-11-23T12:00:00.000Z",
          dataschema: "urn:orderwell:event:OrderCreated:1",
          datacontenttype: "application/json",
          sequence: 1,
          partitionkey: subject,
          position: 1n,
          data: { total: 300 },
        },
      ]);
      assert.equal(nextAfter, 1n);
    }),
  );

  test(
    "follows a move of an order with OrderStatusChanged at the same position, valid against FlowMart's schema",
    inTx(async (tx) => {
      await givenFeed(tx, [
        givenEvent(7n, 1, { type: "OrderCreated", fromStatus: "new", toStatus: "pending" }),
        givenEvent(7n, 2, { eventId, type: "FulfilmentFulfilled", fromStatus: "paid", toStatus: "shipped" }),
      ]);
      const { events } = await listFeed(tx, { after: 0n, limit: 10 });
      assert.deepEqual(
        events.map(({ type, position, sequence }) => ({ type, position, sequence })),
        [
          { type: "OrderCreated", position: 1n, sequence: 1 },
          { type: "FulfilmentFulfilled", position: 2n, sequence: 2 },
          { type: "OrderStatusChanged", position: 2n, sequence: 2 },
        ],
      );
      const changed = events.at(-1);
      assert.deepEqual(changed?.data, {
        orderId: subject,
        previousStatus: "CONFIRMED",
        newStatus: "FULFILLING",
        sequence: 2,
        changedAt: "2026-11-23T12:00:00.000Z",
      });
      const schema = await readFile(new URL("../../test/data/OrderStatusChanged.schema.json", import.meta.url), "utf8");
      const ajv = ajvFormats.default(new Ajv({ strict: false }));
      assert.ok(ajv.validate(JSON.parse(schema), changed?.data), ajv.errorsText());
    }),
  );

  test(
    "gives the derived event an id of its own that stays the same",
    inTx(async (tx) => {
      await givenFeed(tx, [givenEvent(7n, 1, { eventId, fromStatus: "paid", toStatus: "cancelled" })]);
      const first = await listFeed(tx, { after: 0n, limit: 10 });
      const second = await listFeed(tx, { after: 0n, limit: 10 });
      assert.equal(new Set(first.events.map(({ id }) => id)).size, 2);
      assert.deepEqual(first, second);
    }),
  );

  test(
    "is silent about moves to and from payment_processing, and about other streams' words",
    inTx(async (tx) => {
      await givenFeed(tx, [
        givenEvent(7n, 1, { fromStatus: "pending", toStatus: "payment_processing" }),
        givenEvent(7n, 2, { fromStatus: "payment_processing", toStatus: "paid" }),
        givenEvent(7n, 1, { streamKind: "subscription", fromStatus: "pending", toStatus: "paid" }),
      ]);
      const { events } = await listFeed(tx, { after: 0n, limit: 10 });
      assert.deepEqual(
        events.map(({ type }) => type),
        ["OrderNoted", "OrderNoted", "OrderNoted"],
      );
    }),
  );

  test(
    "goes on after the position given, a page at a time, and ends where it began when nothing is new",
    inTx(async (tx) => {
      await givenFeed(
        tx,
        [1, 2, 3, 4, 5].map((sequence) => givenEvent(7n, sequence)),
      );
      const first = await listFeed(tx, { after: 0n, limit: 2 });
      const second = await listFeed(tx, { after: first.nextAfter, limit: 2 });
      const third = await listFeed(tx, { after: second.nextAfter, limit: 2 });
      const none = await listFeed(tx, { after: third.nextAfter, limit: 2 });
      assert.deepEqual(
        [first, second, third, none].map(({ events }) => events.map(({ sequence }) => sequence)),
        [[1, 2], [3, 4], [5], []],
      );
      assert.equal(none.nextAfter, 5n);
    }),
  );
});

describe("the plans of the feed", () => {
  const planned: [name: string, expected: RegExp[]][] = [
    ["events.list_fed", [/Index Scan using feed_pkey/, /Index Scan using events_pkey/]],
    ["events.number_appended", [/Index (Only )?Scan using appended_pkey/]],
    ["events.list_events", [/Index Scan using events_pkey/]],
  ];

  test("keep their indexes, empty and large", async () => {
    const { db } = await testDatabase();
    const check = async (state: string) => {
      for (const [name, expected] of planned) {
        const statement = listStatements().find((one) => one.name === name);
        const plan = await genericPlan(db, statement?.sent ?? "");
        for (const index of expected) assert.match(plan, index, `${name}, ${state}`);
        assert.doesNotMatch(plan, /Seq Scan on (events|feed|appended)/, `${name}, ${state}`);
      }
    };
    await check("empty");
    await ask(
      db,
      `with inserted as (
         insert into events.events
         select 'order', id, 1, gen_random_uuid(), 'X', gen_random_uuid(), now(), null, null, 'a', 'c', '{}'
           from generate_series(1, 20000) as id)
       insert into events.feed select id, 'order', id, 1 from generate_series(1, 20000) as id`,
    );
    await ask(db, "analyze events.events, events.feed");
    await check("large");
  });
});
