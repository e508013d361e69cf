import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { declareJob, enqueue, prepareJobs, queued } from "./jobs.ts";

const greet = declareJob<{ name: string }>("greet", { maxTries: 7 });
const forget = declareJob<{ id: number }>("forget", { maxTries: 2 });
const unknown = declareJob<{ id: number }>("never-prepared", { maxTries: 2 });
const soon = new Date("2040-01-02T03:04:05.678Z");

describe("enqueue", () => {
  test(
    "inserts the row that add_jobs of graphile-worker would, column by column",
    inTx(async (tx) => {
      await prepareJobs(tx, [greet, forget]);
      await enqueue(tx, [
        queued(greet, { name: '田中 "\\' }),
        queued(forget, { id: 1 }, { runAt: soon, priority: -5 }),
      ]);
      const ours = await ask(tx, "delete from graphile_worker._private_jobs returning *");
      await ask(
        tx,
        `select graphile_worker.add_jobs(array[
           ('greet', $1, null, null, 7, null, null, null)::graphile_worker.job_spec,
           ('forget', '{"id":1}', null, $2, 2, null, -5, null)::graphile_worker.job_spec])`,
        [JSON.stringify({ name: '田中 "\\' }), soon],
      );
      const theirs = await ask(tx, "delete from graphile_worker._private_jobs returning *");
      assert.equal(ours.length, 2);
      const withoutIds = (rows: Record<string, unknown>[]) => rows.map(({ id, ...rest }) => rest);
      assert.deepEqual(withoutIds(ours), withoutIds(theirs));
    }),
  );

  test(
    "is one statement for any number of jobs, and none for none",
    inTx(async (tx) => {
      await prepareJobs(tx, [greet]);
      const jobs = Array.from({ length: 1000 }, (_, index) => queued(greet, { name: `${index}` }));
      assert.deepEqual(await statementsOf(tx, (watched) => enqueue(watched, jobs)), ["platform.insert_jobs"]);
      assert.deepEqual(await statementsOf(tx, (watched) => enqueue(watched, [])), []);
      const [row] = await ask<{ count: bigint }>(tx, "select count(*) from graphile_worker._private_jobs");
      assert.equal(row?.count, 1000n);
    }),
  );

  test(
    "refuses the whole set rather than drop a job that nobody prepared",
    inTx(async (tx) => {
      await prepareJobs(tx, [greet]);
      await assert.rejects(
        enqueue(tx, [queued(greet, { name: "Ann" }), queued(unknown, { id: 1 })]),
        /could not be queued.*never-prepared/,
      );
    }),
  );

  test("leaves nothing when the transaction rolls back (J06)", async () => {
    const { db } = await testDatabase();
    await prepareJobs(db, [greet]);
    await assert.rejects(
      db.transaction(async (tx) => {
        await enqueue(tx, [queued(greet, { name: "Ann" })]);
        throw new Error("changed my mind");
      }),
      /changed my mind/,
    );
    assert.deepEqual(await ask(db, "select from graphile_worker._private_jobs"), []);
  });

  test(
    "uses up no identity value of the task names",
    inTx(async (tx) => {
      await prepareJobs(tx, [greet]);
      await prepareJobs(tx, [greet, forget]);
      await enqueue(tx, [queued(greet, { name: "Ann" })]);
      const rows = await ask<{ id: number }>(tx, "select id from graphile_worker._private_tasks order by id");
      assert.equal((rows[1]?.id ?? 0) - (rows[0]?.id ?? 0), 1);
    }),
  );
});

describe("declareJob", () => {
  test("refuses a name that is taken", () => {
    assert.throws(() => declareJob("greet", { maxTries: 1 }), /declared twice/);
  });
});
