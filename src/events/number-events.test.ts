import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { givenEvent } from "../../test/support/given-events.ts";
import { type Db, openDb, type Sql } from "../platform/db.ts";
import { type Lease, LeaseLost, takeLease } from "../platform/leases.ts";
import { appendEvents } from "./append-events.ts";
import type { NewEvent } from "./event.ts";
import { listFeed } from "./list-feed.ts";
import { numberEvents } from "./number-events.ts";

interface Appending {
  commit(): Promise<void>;
  rollBack(): Promise<void>;
}

/** A transaction that has appended its events and waits to be told how it ends. */
async function openAppending(db: Db, events: readonly NewEvent[]): Promise<Appending> {
  const appended = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<void>();
  const done = db.transaction(async (tx) => {
    await appendEvents(tx, events);
    appended.resolve();
    await ending.promise;
  });
  done.catch(appended.reject);
  await appended.promise;
  return {
    async commit() {
      ending.resolve();
      await done;
    },
    async rollBack() {
      ending.reject(new Error("rolled back"));
      await done.catch(() => {});
    },
  };
}

async function givenLease(sql: Sql, seconds = 60): Promise<Lease> {
  const lease = await takeLease(sql, { name: "sequencer", holder: randomUUID(), seconds });
  assert.ok(lease);
  return lease;
}

async function feedOf(sql: Sql): Promise<{ position: bigint; streamId: bigint; sequence: number }[]> {
  return ask(sql, "select position, stream_id, sequence from events.feed order by position");
}

describe("numberEvents", () => {
  test("skips nothing when transactions commit in the inverse order of their ids (E02)", async () => {
    const { db } = await testDatabase();
    const lease = await givenLease(db);
    const first = await openAppending(db, [givenEvent(1n, 1)]);
    const second = await openAppending(db, [givenEvent(2n, 1)]);
    const third = await openAppending(db, [givenEvent(3n, 1)]);

    let after = 0n;
    const heard: bigint[] = [];
    for (const [session, expected] of [
      [third, 3n],
      [second, 2n],
      [first, 1n],
    ] as const) {
      await session.commit();
      assert.deepEqual(await numberEvents(db, lease), { numbered: 1, full: false });
      const page = await listFeed(db, { after, limit: 10 });
      after = page.nextAfter;
      heard.push(...(await feedOf(db)).filter(({ position }) => position === after).map(({ streamId }) => streamId));
      assert.equal(heard.at(-1), expected);
      assert.equal(page.events.length, 1);
    }
    assert.deepEqual(heard, [3n, 2n, 1n]);
    assert.deepEqual(
      (await feedOf(db)).map(({ position }) => position),
      [1n, 2n, 3n],
    );
  });

  test("neither waits nor stops at gaps that rolled-back appends leave (E04)", async () => {
    const { db } = await testDatabase();
    const lease = await givenLease(db);
    const lost = await openAppending(db, [givenEvent(1n, 1)]);
    const open = await openAppending(db, [givenEvent(2n, 1)]);
    await db.transaction((tx) => appendEvents(tx, [givenEvent(3n, 1)]));
    await lost.rollBack();

    assert.equal((await numberEvents(db, lease)).numbered, 1);
    await open.commit();
    assert.equal((await numberEvents(db, lease)).numbered, 1);
    assert.deepEqual(await feedOf(db), [
      { position: 1n, streamId: 3n, sequence: 1 },
      { position: 2n, streamId: 2n, sequence: 1 },
    ]);
    assert.deepEqual(await ask(db, "select from events.appended"), []);
  });

  test("keeps the order of a stream, also when a set names it out of order", async () => {
    const { db } = await testDatabase();
    const lease = await givenLease(db);
    await db.transaction((tx) => appendEvents(tx, [givenEvent(1n, 2), givenEvent(2n, 1), givenEvent(1n, 1)]));
    await db.transaction((tx) => appendEvents(tx, [givenEvent(1n, 3)]));
    await numberEvents(db, lease);
    assert.deepEqual(
      (await feedOf(db)).filter(({ streamId }) => streamId === 1n).map(({ sequence }) => sequence),
      [1, 2, 3],
    );
  });

  test("takes a bounded number of appends and says that there are more", async () => {
    const { db } = await testDatabase();
    const lease = await givenLease(db);
    const count = 150;
    await ask(
      db,
      `insert into events.appended (stream_kinds, stream_ids, sequences)
       select array['order'], array[id::bigint], array[1] from generate_series(1, ${count}) as id`,
    );
    assert.deepEqual(await numberEvents(db, lease), { numbered: 100, full: true });
    assert.deepEqual(await numberEvents(db, lease), { numbered: 50, full: false });
    assert.deepEqual(await numberEvents(db, lease), { numbered: 0, full: false });
    assert.equal((await feedOf(db)).length, count);
  });

  test("stays right when two number at once", async () => {
    const { db, url } = await testDatabase();
    const lease = await givenLease(db);
    const other = openDb({ url, applicationName: "orderwell second sequencer" });
    const streams = [1n, 2n, 3n, 4n];
    const length = 40;
    let appending = true;
    const numberAll = async (sequencer: Db) => {
      let last = false;
      while (!last) {
        last = !appending;
        while ((await numberEvents(sequencer, lease)).numbered > 0);
      }
    };
    const append = async (stream: bigint) => {
      for (let sequence = 1; sequence <= length; sequence += 1) {
        await db.transaction((tx) => appendEvents(tx, [givenEvent(stream, sequence)]));
      }
    };
    const numbering = Promise.all([numberAll(db), numberAll(other)]);
    await Promise.all(streams.map(append));
    appending = false;
    await numbering;
    await other.close();

    const feed = await feedOf(db);
    assert.deepEqual(
      feed.map(({ position }) => position),
      Array.from({ length: streams.length * length }, (_, index) => BigInt(index + 1)),
    );
    for (const stream of streams) {
      assert.deepEqual(
        feed.filter(({ streamId }) => streamId === stream).map(({ sequence }) => sequence),
        Array.from({ length }, (_, index) => index + 1),
      );
    }
  });

  test("refuses an old token and numbers nothing (E05)", async () => {
    const { db } = await testDatabase();
    const old = await givenLease(db, 0);
    const present = await givenLease(db);
    await db.transaction((tx) => appendEvents(tx, [givenEvent(1n, 1)]));

    await assert.rejects(numberEvents(db, old), LeaseLost);
    assert.deepEqual(await feedOf(db), []);
    assert.equal((await numberEvents(db, present)).numbered, 1);
  });
});
