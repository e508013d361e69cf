import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenFailedJob } from "../../test/support/given-tasks.ts";
import { findEntries } from "../audit/index.ts";
import { declareJob } from "../platform/jobs.ts";
import { getJob, stateOf } from "./find-kept-job.ts";
import { findTasks } from "./find-tasks.ts";
import { openJobTasks } from "./open-job-tasks.ts";
import { retryJob } from "./retry-job.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const page = { limit: 100 };
const maxTries = 7;
const declarations = [declareJob("known", { maxTries })];
const payload = { orderId: "7", to: "ann@example.com" };

describe("retryJob", () => {
  test(
    "gives a job that was given up all its tries anew, at once, and closes its task",
    inTx(async (tx) => {
      const job = await givenFailedJob(tx, "known", payload);
      await openJobTasks(tx, { after: 0n }, noon);
      await retryJob(tx, { job, by, declarations }, noon);

      const kept = await getJob(tx, job);
      assert.deepEqual([stateOf(kept), kept.tries, kept.maxTries, kept.round], ["waiting", 0, maxTries, 1]);
      const [due] = await ask(tx, "select run_at <= now() as due from graphile_worker._private_jobs");
      assert.deepEqual(due, { due: true });
      const [task] = (await findTasks(tx, {}, page)).rows;
      assert.deepEqual([task?.closedBy, task?.closedReason], ["key-1", "The job is tried again."]);
      const entries = (await findEntries(tx, { subject: `job/${job}` }, page)).rows;
      assert.deepEqual(
        entries.map(({ action, detail }) => ({ action, detail })),
        [{ action: "job.retried", detail: { name: "known", payload: { orderId: "7" }, tries: 25 } }],
      );
    }),
  );

  test(
    "opens another task when the job is given up again",
    inTx(async (tx) => {
      const job = await givenFailedJob(tx, "known", payload);
      await openJobTasks(tx, { after: 0n }, noon);
      await retryJob(tx, { job, by, declarations }, noon);
      await ask(tx, "update graphile_worker._private_jobs set attempts = max_attempts");
      await openJobTasks(tx, { after: 0n }, noon);

      const tasks = (await findTasks(tx, {}, page)).rows;
      assert.deepEqual(
        tasks.map(({ cause, closedAt }) => [cause, closedAt]),
        [
          [`job_failed job ${job} round 1`, null],
          [`job_failed job ${job} round 0`, noon],
        ],
      );
    }),
  );

  test(
    "keeps the tries of a job that waits, and makes it due",
    inTx(async (tx) => {
      const job = await givenFailedJob(tx, "stranger", payload);
      await ask(tx, "update graphile_worker._private_jobs set attempts = 3, run_at = now() + interval '1 day'");
      await retryJob(tx, { job, by, declarations }, noon);
      const kept = await getJob(tx, job);
      assert.deepEqual([kept.tries, kept.maxTries, kept.round], [3, 25, 0]);
      assert.ok(kept.runAt < new Date(kept.createdAt.getTime() + 60_000));
    }),
  );

  test(
    "refuses a job that runs and one that is not there",
    inTx(async (tx) => {
      const job = await givenFailedJob(tx, "known", payload);
      await ask(tx, "update graphile_worker._private_jobs set locked_at = now(), locked_by = 'pool-1'");
      await assert.rejects(retryJob(tx, { job, by, declarations }, noon), { code: "job.running" });
      for (const absent of ["0", "999999", "x"])
        await assert.rejects(retryJob(tx, { job: absent, by, declarations }, noon), { code: "job.not_found" });
    }),
  );

  test(
    "takes four statements",
    inTx(async (tx) => {
      const job = await givenFailedJob(tx, "known", payload);
      assert.deepEqual(await statementsOf(tx, (watched) => retryJob(watched, { job, by, declarations }, noon)), [
        "platform.lock_kept_job",
        "platform.set_job_due",
        "audit.insert_entry",
        "tasks.lock_open_task_of_cause",
      ]);
    }),
  );

  test("begins it anew once when two ask at once", async () => {
    const { db, close } = await testDatabase();
    const job = await db.transaction((tx) => givenFailedJob(tx, "known", payload));
    const retry = () => db.transaction((tx) => retryJob(tx, { job, by, declarations }, noon));
    await Promise.all([retry(), retry(), retry()]);
    assert.equal((await getJob(db, job)).round, 1);
    await close();
  });
});
