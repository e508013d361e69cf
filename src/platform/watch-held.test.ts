import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx } from "../../test/support/database.ts";
import type { Tx } from "./db.ts";
import { declareJob, enqueue, prepareJobs, queued } from "./jobs.ts";
import { type HeldJobs, watchHeldJobs } from "./watch-held.ts";

const fetched = declareJob("test-fetched", { maxTries: 3 });
const pool = { workerPoolId: "pool", seconds: 30 };

/** A job that the database gave to a pool so many seconds ago. */
async function givenFetched(tx: Tx, secondsAgo: number, workerPoolId = "pool"): Promise<string> {
  await prepareJobs(tx, [fetched]);
  await enqueue(tx, [queued(fetched, {})]);
  const [row] = await ask<{ id: bigint }>(
    tx,
    `update graphile_worker._private_jobs set locked_by = $1, locked_at = now() - make_interval(secs => $2)
      where id = (select max(id) from graphile_worker._private_jobs) returning id`,
    [workerPoolId, secondsAgo],
  );
  return `${row?.id}`;
}

function givenWatched(): { events: EventEmitter; held: HeldJobs } {
  const events = new EventEmitter();
  return { events, held: watchHeldJobs(events) };
}

describe("the jobs that a pool holds", () => {
  test(
    "are freed when their fetch never arrived, a lease later",
    inTx(async (tx) => {
      const { held } = givenWatched();
      const id = await givenFetched(tx, 31);
      await givenFetched(tx, 29);
      await givenFetched(tx, 31, "another pool");
      assert.equal(await held.freeLost(tx, pool), 1);
      const free = await ask(tx, "select id from graphile_worker._private_jobs where locked_by is null");
      assert.deepEqual(free, [{ id: BigInt(id) }]);
    }),
  );

  test(
    "stay while they run, and until the completion that follows is written",
    inTx(async (tx) => {
      const { events, held } = givenWatched();
      const id = await givenFetched(tx, 31);
      events.emit("localQueue:getJobs:complete", { jobs: [{ id }] });
      assert.equal(await held.freeLost(tx, pool), 0);
      events.emit("job:complete", { job: { id } });
      assert.equal(await held.freeLost(tx, pool), 0, "at the first look after its end");
      assert.equal(await held.freeLost(tx, pool), 1, "at the second");
    }),
  );

  test(
    "that were returned are not held any more",
    inTx(async (tx) => {
      const { events, held } = givenWatched();
      const id = await givenFetched(tx, 31);
      events.emit("localQueue:getJobs:complete", { jobs: [{ id }] });
      events.emit("localQueue:returnJobs", { jobs: [{ id }] });
      assert.equal(await held.freeLost(tx, pool), 0);
      assert.equal(await held.freeLost(tx, pool), 1);
    }),
  );
});
