import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenFailedJob } from "../../test/support/given-tasks.ts";
import { findEntries } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { refusal } from "../platform/errors.ts";
import { declareJob, type Job } from "../platform/jobs.ts";
import { discardJob } from "./discard-job.ts";
import { findJobs, getJob } from "./find-kept-job.ts";
import { findTasks } from "./find-tasks.ts";
import { openJobTasks } from "./open-job-tasks.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const page = { limit: 100 };
const reason = "Done by hand.";
const needed = refusal<object>("test.needed", "conflict", () => "It must be done.");

/** A kind of job that knows its payload and writes down what it leaves, or refuses. */
const guarded: Job<{ orderId: string }> = {
  declaration: declareJob("guarded", { maxTries: 3 }),
  run: () => Promise.resolve(),
  accepts: (payload): payload is { orderId: string } => "orderId" in (payload as object),
  async abandon(tx: Tx, { orderId }) {
    if (orderId === "1") throw needed({});
    await ask(
      tx,
      "insert into platform.leases (name, holder, token, lease_until) values ($1, gen_random_uuid(), 1, now())",
      [`left by ${orderId}`],
    );
  },
};
const jobs = [guarded];

describe("discardJob", () => {
  test(
    "takes the job away, and keeps what it was, who discarded it and why",
    inTx(async (tx) => {
      const job = await givenFailedJob(
        tx,
        "made-up",
        { orderId: "7", name: "Ann" },
        "550 <ann@example.com>\n  at send",
      );
      await openJobTasks(tx, { after: 0n }, noon);
      await discardJob(tx, { job, reason, by, jobs }, noon);

      await assert.rejects(getJob(tx, job), { code: "job.not_found" });
      const [entry] = (await findEntries(tx, { action: "job.discarded" }, page)).rows;
      assert.deepEqual(
        [entry?.actor, entry?.subject, entry?.detail],
        [
          "key-1",
          `job/${job}`,
          { name: "made-up", payload: { orderId: "7" }, tries: 25, error: "550 <(address)>", reason },
        ],
      );
      const [task] = (await findTasks(tx, {}, page)).rows;
      assert.deepEqual([task?.orderId, task?.closedReason, task?.closedBy], [7n, reason, "key-1"]);
    }),
  );

  test(
    "has the kind of the job write down what will not be done, when it can read the payload",
    inTx(async (tx) => {
      for (const payload of [{ orderId: "2" }, { written: "by another version" }])
        await discardJob(tx, { job: await givenFailedJob(tx, "guarded", payload), reason, by, jobs }, noon);
      assert.deepEqual(await ask(tx, "select name from platform.leases"), [{ name: "left by 2" }]);
      assert.deepEqual((await findJobs(tx, {}, page)).rows, []);
    }),
  );

  test(
    "changes nothing when the kind of the job refuses",
    inTx(async (tx) => {
      const job = await givenFailedJob(tx, "guarded", { orderId: "1" });
      await assert.rejects(discardJob(tx, { job, reason, by, jobs }, noon), { code: "test.needed" });
      assert.equal((await getJob(tx, job)).name, "guarded");
      assert.deepEqual((await findEntries(tx, {}, page)).rows, []);
    }),
  );

  test(
    "refuses a job that has tries left, one that runs, and one that is not there",
    inTx(async (tx) => {
      const job = await givenFailedJob(tx, "made-up", {});
      const discard = (named: string) => discardJob(tx, { job: named, reason, by, jobs }, noon);
      await ask(tx, "update graphile_worker._private_jobs set attempts = 24");
      await assert.rejects(discard(job), { code: "job.not_failed" });
      await ask(tx, "update graphile_worker._private_jobs set attempts = 25, locked_at = now(), locked_by = 'pool-1'");
      await assert.rejects(discard(job), { code: "job.running" });
      await assert.rejects(discard("0"), { code: "job.not_found" });
    }),
  );

  test(
    "takes four statements",
    inTx(async (tx) => {
      const job = await givenFailedJob(tx, "made-up", {});
      assert.deepEqual(await statementsOf(tx, (watched) => discardJob(watched, { job, reason, by, jobs }, noon)), [
        "platform.lock_kept_job",
        "platform.delete_job",
        "audit.insert_entry",
        "tasks.lock_open_task_of_cause",
      ]);
    }),
  );

  test("is done once when two discard it at once, and the other hears that it is gone", async () => {
    const { db, close } = await testDatabase();
    const job = await db.transaction((tx) => givenFailedJob(tx, "made-up", {}));
    const discard = () => db.transaction((tx) => discardJob(tx, { job, reason, by, jobs }, noon));
    const outcomes = await Promise.allSettled([discard(), discard()]);
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
    assert.deepEqual(refused, ["job.not_found"]);
    assert.equal((await findEntries(db, {}, page)).rows.length, 1);
    await close();
  });
});
