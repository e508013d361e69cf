import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenTask } from "../../test/support/given-tasks.ts";
import { findEntries } from "../audit/index.ts";
import { assignTask } from "./assign-task.ts";
import { closeTask } from "./close-task.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const later = new Date("2026-11-23T13:00:00.000Z");
const page = { limit: 100 };

describe("assignTask", () => {
  test(
    "gives a task to somebody, on to another, and frees it, and keeps who did so",
    inTx(async (tx) => {
      const task = await givenTask(tx);
      const assigned = await assignTask(tx, { task, assignee: "ann", by }, noon);
      assert.deepEqual(
        [assigned.assignee, assigned.assignedBy, assigned.assignedAt, assigned.closedAt],
        ["ann", "key-1", noon, null],
      );
      await assignTask(tx, { task, assignee: "bob", by }, later);
      const freed = await assignTask(tx, { task, assignee: null, by }, later);
      assert.deepEqual([freed.assignee, freed.assignedBy, freed.assignedAt], [null, null, null]);

      const { rows } = await findEntries(tx, { subject: `task/${task}` }, page);
      assert.deepEqual(
        rows.map(({ actor, action, detail }) => ({ actor, action, detail })),
        [
          { actor: "key-1", action: "task.assigned", detail: { assignee: null, before: "bob" } },
          { actor: "key-1", action: "task.assigned", detail: { assignee: "bob", before: "ann" } },
          { actor: "key-1", action: "task.assigned", detail: { assignee: "ann", before: null } },
        ],
      );
    }),
  );

  test(
    "changes nothing the second time",
    inTx(async (tx) => {
      const task = await givenTask(tx);
      const first = await assignTask(tx, { task, assignee: "ann", by }, noon);
      assert.deepEqual(await assignTask(tx, { task, assignee: "ann", by }, later), first);
      assert.equal((await findEntries(tx, {}, page)).rows.length, 1);
    }),
  );

  test(
    "refuses a task that is closed, and one that is not there",
    inTx(async (tx) => {
      const task = await givenTask(tx);
      await closeTask(tx, { task, reason: "Done.", by }, noon);
      await assert.rejects(assignTask(tx, { task, assignee: "ann", by }, later), { code: "task.closed" });
      for (const absent of ["0", "-1", "999999", "9223372036854775808", "x"])
        await assert.rejects(assignTask(tx, { task: absent, assignee: "ann", by }, noon), { code: "task.not_found" });
    }),
  );

  test(
    "takes three statements, and one when there is nothing to do",
    inTx(async (tx) => {
      const task = await givenTask(tx);
      const assign = () => statementsOf(tx, (watched) => assignTask(watched, { task, assignee: "ann", by }, noon));
      assert.deepEqual(await assign(), ["tasks.lock_task", "tasks.set_assignee", "audit.insert_entry"]);
      assert.deepEqual(await assign(), ["tasks.lock_task"]);
    }),
  );

  test("lets two at once follow each other: each is kept, the last one has the task", async () => {
    const { db, close } = await testDatabase();
    const task = await db.transaction((tx) => givenTask(tx));
    const assignees = ["ann", "bob", "cat", "dan"];
    await Promise.all(
      assignees.map((assignee) => db.transaction((tx) => assignTask(tx, { task, assignee, by }, noon))),
    );

    const { rows } = await findEntries(db, {}, page);
    const steps = rows.map(({ detail }) => detail as { assignee: string; before: string | null }).toReversed();
    assert.deepEqual(
      steps.map(({ before }) => before),
      [null, ...steps.slice(0, -1).map(({ assignee }) => assignee)],
    );
    assert.deepEqual(steps.map(({ assignee }) => assignee).sort(), assignees);
    await close();
  });
});
