import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { givenEvent } from "../../test/support/given-events.ts";
import type { Db } from "../platform/db.ts";
import { silentLog } from "../platform/log.ts";
import { appendEvents } from "./append-events.ts";
import { startSequencer } from "./start-sequencer.ts";

const program = fileURLToPath(new URL("../../test/fakes/sequencer-process.ts", import.meta.url));

async function sequencesInFeed(db: Db): Promise<number[]> {
  const rows = await ask<{ sequence: number }>(db, "select sequence from events.feed order by position");
  return rows.map(({ sequence }) => sequence);
}

async function holderOf(db: Db): Promise<string | undefined> {
  const rows = await ask<{ holder: string }>(db, "select holder from platform.leases where lease_until > now()");
  return rows[0]?.holder;
}

function append(db: Db, sequence: number): Promise<void> {
  return db.transaction((tx) => appendEvents(tx, [givenEvent(1n, sequence)]));
}

function given(context: TestContext, db: Db, leaseSeconds = 60) {
  const sequencer = startSequencer({ db, log: silentLog, leaseSeconds });
  context.after(() => sequencer.stop());
  return sequencer;
}

describe("startSequencer", () => {
  test("numbers what is appended while it runs, and what waited for it", async (context) => {
    const { db } = await testDatabase();
    await append(db, 1);
    given(context, db);
    await append(db, 2);
    await eventually("both are in the feed", async () => (await sequencesInFeed(db)).length === 2);
    assert.deepEqual(await sequencesInFeed(db), [1, 2]);
  });

  test("hands the feed over at once when it stops", async (context) => {
    const { db } = await testDatabase();
    const first = given(context, db);
    await eventually("the first has the lease", async () => (await holderOf(db)) !== undefined);
    const old = await holderOf(db);
    given(context, db);
    await first.stop();
    await append(db, 1);
    await eventually("the second numbers", async () => (await sequencesInFeed(db)).length === 1);
    assert.notEqual(await holderOf(db), old);
  });

  test("numbers what is committed before it stops", async (context) => {
    const { db } = await testDatabase();
    const sequencer = given(context, db);
    await eventually("it has the lease", async () => (await holderOf(db)) !== undefined);
    await append(db, 1);
    await append(db, 2);
    await sequencer.stop();
    assert.deepEqual(await sequencesInFeed(db), [1, 2]);
  });

  test("lives on when the database ends its connections (E11)", async (context) => {
    const { db } = await testDatabase();
    given(context, db);
    const rounds = 8;
    for (let round = 1; round <= rounds; round += 1) {
      // A try that failed may have been committed all the same.
      await eventually(`event ${round} is appended`, async () => {
        const there = await ask(db, "select from events.events where sequence = $1", [round]);
        if (there.length === 0) await append(db, round);
        return true;
      });
      await ask(
        db,
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`,
      ).catch(() => {});
    }
    await eventually("all are in the feed", async () => (await sequencesInFeed(db)).length === rounds);
    assert.deepEqual(await sequencesInFeed(db), [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("takes over from a paused process, which changes nothing when it wakes (E05)", async (context) => {
    const { db, url } = await testDatabase();
    const child = spawn(process.execPath, [program, url, "1"], { stdio: "inherit" });
    context.after(() => child.kill("SIGKILL"));
    await append(db, 1);
    await eventually("the other process numbers", async () => (await sequencesInFeed(db)).length === 1);
    const paused = await holderOf(db);

    child.kill("SIGSTOP");
    given(context, db);
    await append(db, 2);
    await eventually("this process numbers", async () => (await sequencesInFeed(db)).length === 2);
    const present = await holderOf(db);
    assert.notEqual(present, paused);

    child.kill("SIGCONT");
    for (let sequence = 3; sequence <= 60; sequence += 1) await append(db, sequence);
    await eventually("all are in the feed", async () => (await sequencesInFeed(db)).length === 60);
    assert.deepEqual(
      await sequencesInFeed(db),
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
    assert.equal(await holderOf(db), present);
  });

  test("takes over from a process that fell asleep in the middle of a transaction (E05)", async (context) => {
    const { db, url } = await testDatabase();
    const child = spawn(process.execPath, [program, url, "1", "before-feed-commit:hang"], { stdio: "inherit" });
    context.after(() => child.kill("SIGKILL"));
    await append(db, 1);
    await eventually("the other process holds the lease in an open transaction", async () => {
      const open = await ask(
        db,
        "select from pg_stat_activity where datname = current_database() and state = 'idle in transaction'",
      );
      return open.length === 1;
    });
    given(context, db);
    await eventually("this process numbers", async () => (await sequencesInFeed(db)).length === 1);
  });
});
