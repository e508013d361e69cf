import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, genericPlan } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { givenEvent } from "../../test/support/given-events.ts";
import { copiedFrom } from "../platform/insert-rows.ts";
import { appendEvents, onAppended } from "./append-events.ts";
import { listStream } from "./list-stream.ts";

describe("appendEvents", () => {
  test(
    "keeps every column of an event",
    inTx(async (tx) => {
      const event = givenEvent(7n, 1, {
        type: "OrderConfirmed",
        fromStatus: "pending",
        toStatus: "paid",
        actor: 'key "a\\b"',
        cause: "payment, {1}",
        data: { name: '田中 "\\ {x}', nothing: null },
      });
      await appendEvents(tx, [event]);
      assert.deepEqual(await listStream(tx, "order", 7n), [event]);
    }),
  );

  test(
    "takes data as JSON text too, which keeps whole numbers of any size",
    inTx(async (tx) => {
      await appendEvents(tx, [
        givenEvent(7n, 1, { data: '{"total":999999999999999}' }),
        givenEvent(7n, 2, { data: '{"total":12345678901234567890}' }),
      ]);
      const rows = await ask<{ text: string }>(tx, "select data::text as text from events.events order by sequence");
      assert.deepEqual(
        rows.map((row) => row.text),
        ['{"total":999999999999999}', '{"total":12345678901234567890}'],
      );
    }),
  );

  test(
    "is one statement and one row to number, however many events there are",
    inTx(async (tx) => {
      const events = [1n, 2n, 3n].flatMap((order) => [givenEvent(order, 1), givenEvent(order, 2)]);
      assert.deepEqual(await statementsOf(tx, (watched) => appendEvents(watched, events)), ["events.insert_events"]);
      const rows = await ask(tx, "select stream_ids, sequences from events.appended");
      assert.deepEqual(rows, [{ streamIds: [1n, 1n, 2n, 2n, 3n, 3n], sequences: [1, 2, 1, 2, 1, 2] }]);
    }),
  );

  test(
    "copies many, and has them numbered by one row too",
    inTx(async (tx) => {
      const events = Array.from({ length: copiedFrom }, (_, index) =>
        givenEvent(BigInt(index), 1, {
          data: index % 2 === 0 ? { quote: 'a "b" \\ c\td' } : '{"total":999999999999999}',
        }),
      );
      assert.deepEqual(await statementsOf(tx, (watched) => appendEvents(watched, events)), [
        "events.insert_events_by_copy",
        "events.insert_appended",
      ]);
      assert.deepEqual(await listStream(tx, "order", 42n), [events[42]]);
      const texts = await ask<{ text: string }>(
        tx,
        "select data::text as text from events.events where stream_id = 43",
      );
      assert.deepEqual(texts, [{ text: '{"total":999999999999999}' }]);
      const [appended] = await ask<{ streamIds: bigint[] }>(tx, "select stream_ids, sequences from events.appended");
      assert.deepEqual(
        appended?.streamIds,
        events.map(({ streamId }) => streamId),
      );
    }),
  );

  test(
    "sends nothing for no events",
    inTx(async (tx) => {
      assert.deepEqual(await statementsOf(tx, (watched) => appendEvents(watched, [])), []);
    }),
  );

  test(
    "refuses a number that the stream has already",
    inTx(async (tx) => {
      await appendEvents(tx, [givenEvent(7n, 1)]);
      await assert.rejects(appendEvents(tx, [givenEvent(7n, 1)]), { code: "23505" });
    }),
  );

  test(
    "tells listeners of this process until they leave",
    inTx(async (tx) => {
      let told = 0;
      const leave = onAppended(() => {
        told += 1;
      });
      await appendEvents(tx, [givenEvent(7n, 1)]);
      leave();
      await appendEvents(tx, [givenEvent(7n, 2)]);
      assert.equal(told, 1);
    }),
  );
});

describe("the table of events", () => {
  test("refuses to be changed, emptied or shortened", async () => {
    const { db } = await testDatabase();
    await db.transaction((tx) => appendEvents(tx, [givenEvent(7n, 1)]));
    for (const change of [
      "update events.events set type = 'x'",
      "delete from events.events",
      "truncate events.events",
    ]) {
      await assert.rejects(ask(db, change), { code: "23001" }, change);
    }
  });

  test("is reached by its key for a stream, empty and large", async () => {
    const { db } = await testDatabase();
    const stream = "select * from events.events where stream_kind = $1 and stream_id = $2 order by sequence limit $3";
    assert.match(await genericPlan(db, stream), /Index Scan using events_pkey/);
    await ask(
      db,
      `insert into events.events
       select 'order', id, 1, gen_random_uuid(), 'X', gen_random_uuid(), now(), null, null, 'a', 'c', '{}'
         from generate_series(1, 20000) as id`,
    );
    assert.match(await genericPlan(db, stream), /Index Scan using events_pkey/);
  });
});
