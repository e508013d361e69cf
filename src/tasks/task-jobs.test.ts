import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenFailedJob } from "../../test/support/given-tasks.ts";
import { declareJob, enqueue, type Job, prepareJobs, queued } from "../platform/jobs.ts";
import { silentLog } from "../platform/log.ts";
import { startWorker } from "../platform/start-worker.ts";
import { findJobs, getJob } from "./find-kept-job.ts";
import { findTasks } from "./find-tasks.ts";
import { retryJob } from "./retry-job.ts";
import { watchJobs } from "./task-jobs.ts";

const clock = { now: () => noon };
const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const page = { limit: 100 };
const poisoned = declareJob<{ orderId: string }>("poisoned", { maxTries: 2 });
const sound = declareJob<{ orderId: string }>("sound", { maxTries: 2 });
const known = ["poisoned", "sound"];

async function givenWorker(context: TestContext, jobs: Job<{ orderId: string }>[]) {
  const database = await testDatabase();
  await prepareJobs(database.db, [poisoned, sound]);
  const { db, url } = database;
  const worker = await startWorker({ db, url, log: silentLog, jobs, atOnce: 4, graceMs: 500, leaseSeconds: 30 });
  context.after(async () => {
    await worker.stop();
    await database.close();
  });
  return database;
}

const hurry = "update graphile_worker._private_jobs set run_at = now() where locked_at is null and run_at > now()";

describe("a job that always throws", () => {
  test("is given up with its reason and a task, disturbs no other, and works once the cause is gone (J03)", async (context) => {
    let cured = false;
    const done: string[] = [];
    const { db } = await givenWorker(context, [
      {
        declaration: poisoned,
        async run({ orderId }) {
          if (!cured) throw new Error("bitter");
          done.push(`poisoned ${orderId}`);
        },
      },
      { declaration: sound, run: async ({ orderId }) => void done.push(`sound ${orderId}`) },
    ]);
    const asked = [
      queued(poisoned, { orderId: "1" }),
      queued(sound, { orderId: "2" }),
      queued(sound, { orderId: "3" }),
    ];
    await db.transaction((tx) => enqueue(tx, asked));
    await eventually("it is given up", async () => {
      await ask(db, hurry);
      return (await findJobs(db, { status: "failed" }, page)).rows.length === 1;
    });
    await watchJobs(db, clock, known);
    await watchJobs(db, clock, known);

    assert.deepEqual(done.sort(), ["sound 2", "sound 3"]);
    const [job] = (await findJobs(db, { status: "failed" }, page)).rows;
    assert.deepEqual([job?.name, job?.tries, job?.lastError], ["poisoned", 2, "bitter"]);
    const tasks = (await findTasks(db, {}, page)).rows;
    assert.deepEqual(
      tasks.map(({ kind, orderId, detail }) => ({ kind, orderId, detail })),
      [
        {
          kind: "job_failed",
          orderId: 1n,
          detail: { job: String(job?.jobId), name: "poisoned", payload: { orderId: "1" }, tries: 2, error: "bitter" },
        },
      ],
    );

    cured = true;
    const retry = { job: String(job?.jobId), by, declarations: [poisoned, sound] };
    await db.transaction((tx) => retryJob(tx, retry, noon));
    await eventually("it is done", async () => (await findJobs(db, {}, page)).rows.length === 0);
    assert.ok(done.includes("poisoned 1"));
    assert.deepEqual((await findTasks(db, { open: true }, page)).rows, []);
  });
});

describe("a job of another version (J10)", () => {
  test("whose payload cannot be read is given up after a few tries, without being run", async (context) => {
    const runs: unknown[] = [];
    const { db } = await givenWorker(context, [
      {
        declaration: sound,
        run: async (payload) => void runs.push(payload),
        accepts: (payload): payload is { orderId: string } =>
          typeof payload === "object" && payload !== null && "orderId" in payload,
      },
    ]);
    for (const payload of ["{}", "null", "7", '"text"', "[1]"])
      await ask(db, "select graphile_worker.add_job('sound', $1::json, max_attempts => 25)", [payload]);
    await db.transaction((tx) => enqueue(tx, [queued(sound, { orderId: "9" })]));
    await eventually("all are given up but the one that can be read", async () => {
      await ask(db, hurry);
      return (await findJobs(db, { status: "failed" }, page)).rows.length === 5;
    });
    assert.deepEqual(runs, [{ orderId: "9" }]);
    const { rows } = await findJobs(db, {}, page);
    assert.deepEqual([...new Set(rows.map(({ tries }) => tries))], [5]);
    assert.deepEqual(
      [...new Set(rows.map(({ lastError }) => lastError))],
      ["This version cannot read the payload of a job sound."],
    );
  });

  test("of an unknown name waits for a process that knows it, and is given up after an hour", async () => {
    const { db, close } = await testDatabase();
    const jobId = await db.transaction((tx) => givenFailedJob(tx, "from-the-future", { orderId: "5" }));
    await ask(db, "update graphile_worker._private_jobs set attempts = 0, last_error = null, run_at = now()");
    await watchJobs(db, clock, known);
    assert.equal((await getJob(db, jobId)).tries, 0);

    await ask(db, "update graphile_worker._private_jobs set run_at = now() - interval '61 minutes'");
    await watchJobs(db, clock, [...known, "from-the-future"]);
    assert.equal((await getJob(db, jobId)).tries, 0);
    await watchJobs(db, clock, known);
    const [task] = (await findTasks(db, { open: true }, page)).rows;
    assert.deepEqual(task?.cause, `job_failed job ${jobId} round 0`);
    assert.equal((await getJob(db, jobId)).lastError, "No process knows a job of this name.");
    await close();
  });
});

describe("watchJobs", () => {
  test("opens a task for each of more jobs than one round takes", async () => {
    const { db, close } = await testDatabase();
    await db.transaction((tx) => givenFailedJob(tx, "made-up", {}));
    await ask(
      db,
      `insert into graphile_worker._private_jobs (task_id, attempts)
       select task_id, 25 from graphile_worker._private_jobs, generate_series(1, 1100)`,
    );
    await watchJobs(db, clock, known);
    const [row] = await ask<{ tasks: bigint }>(db, "select count(*) as tasks from tasks.tasks");
    assert.equal(row?.tasks, 1101n);
    await close();
  });
});
