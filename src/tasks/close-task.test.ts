import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenFailedJob, givenTask } from "../../test/support/given-tasks.ts";
import { findEntries } from "../audit/index.ts";
import { assignTask } from "./assign-task.ts";
import { closeTask } from "./close-task.ts";
import { findTasks } from "./find-tasks.ts";
import { openJobTasks } from "./open-job-tasks.ts";
import { openTasks } from "./open-tasks.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const later = new Date("2026-11-23T13:00:00.000Z");
const page = { limit: 100 };

describe("closeTask", () => {
  test(
    "closes a task with who, when and why, and keeps whose it was",
    inTx(async (tx) => {
      const task = await givenTask(tx);
      await assignTask(tx, { task, assignee: "ann", by }, noon);
      const closed = await closeTask(tx, { task, reason: "The bank confirmed it.", by }, later);
      assert.deepEqual(
        [closed.closedAt, closed.closedBy, closed.closedReason, closed.assignee],
        [later, "key-1", "The bank confirmed it.", "ann"],
      );
      const [entry] = (await findEntries(tx, { action: "task.closed" }, page)).rows;
      assert.deepEqual(
        [entry?.subject, entry?.actor, entry?.detail, entry?.recordedAt],
        [`task/${task}`, "key-1", { reason: "The bank confirmed it." }, later],
      );
    }),
  );

  test(
    "answers the second time how it was closed, and changes nothing",
    inTx(async (tx) => {
      const task = await givenTask(tx);
      const first = await closeTask(tx, { task, reason: "First.", by }, noon);
      const other = { actor: "key-2", name: "Bob", requestId: "r-2" };
      assert.deepEqual(await closeTask(tx, { task, reason: "Second.", by: other }, later), first);
      assert.equal((await findEntries(tx, {}, page)).rows.length, 1);
    }),
  );

  test(
    "leaves a cause closed that is met again",
    inTx(async (tx) => {
      const task = await givenTask(tx, { cause: "payment_unexpected pay-1" });
      await closeTask(tx, { task, reason: "Seen.", by }, noon);
      const again = {
        kind: "payment_unexpected",
        cause: "payment_unexpected pay-1",
        orderId: null,
        detail: {},
      } as const;
      await openTasks(tx, [again], later);
      assert.equal((await findTasks(tx, { open: true }, page)).rows.length, 0);
      assert.equal((await findTasks(tx, { closed: true }, page)).rows.length, 1);
    }),
  );

  test(
    "refuses while the task's job is still given up, and closes it once the job is gone",
    inTx(async (tx) => {
      const job = await givenFailedJob(tx, "made-up", { orderId: "7" });
      await openJobTasks(tx, { after: 0n }, noon);
      const [task] = (await findTasks(tx, { kind: "job_failed" }, page)).rows;
      const close = { task: String(task?.taskId), reason: "Seen.", by };
      await assert.rejects(closeTask(tx, close, later), { code: "task.undecided" });

      await ask(tx, "delete from graphile_worker._private_jobs where id = $1::bigint", [job]);
      assert.deepEqual((await closeTask(tx, close, later)).closedAt, later);
    }),
  );

  test(
    "refuses a task that is not there",
    inTx(async (tx) => {
      await assert.rejects(closeTask(tx, { task: "999999", reason: "Seen.", by }, noon), { code: "task.not_found" });
    }),
  );

  test(
    "takes three statements, and one the second time",
    inTx(async (tx) => {
      const task = await givenTask(tx);
      const close = () => statementsOf(tx, (watched) => closeTask(watched, { task, reason: "Done.", by }, noon));
      assert.deepEqual(await close(), ["tasks.lock_task", "tasks.set_task_closed", "audit.insert_entry"]);
      assert.deepEqual(await close(), ["tasks.lock_task"]);
    }),
  );

  test("keeps one reason when two close it at once, and tells both", async () => {
    const { db, close } = await testDatabase();
    const task = await db.transaction((tx) => givenTask(tx));
    const closed = await Promise.all(
      ["one", "two", "three"].map((reason) => db.transaction((tx) => closeTask(tx, { task, reason, by }, noon))),
    );
    assert.equal(new Set(closed.map(({ closedReason }) => closedReason)).size, 1);
    assert.equal((await findEntries(db, {}, page)).rows.length, 1);
    await close();
  });

  test("lets either closing or giving win when both come at once, never half of each", async () => {
    const { db, close } = await testDatabase();
    const task = await db.transaction((tx) => givenTask(tx));
    const [closed, assigned] = await Promise.allSettled([
      db.transaction((tx) => closeTask(tx, { task, reason: "Done.", by }, noon)),
      db.transaction((tx) => assignTask(tx, { task, assignee: "ann", by }, noon)),
    ]);
    assert.equal(closed.status, "fulfilled");
    const [kept] = (await findTasks(db, {}, page)).rows;
    assert.equal(kept?.assignee, assigned.status === "fulfilled" ? "ann" : null);
    await close();
  });
});
