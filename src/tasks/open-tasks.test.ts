import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import type { Sql } from "../platform/db.ts";
import { findTasks } from "./find-tasks.ts";
import { openTasks } from "./open-tasks.ts";
import type { NewTask, Task } from "./task.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");
const limit = 100;

async function listOpenTasks(sql: Sql): Promise<Task[]> {
  const { rows } = await findTasks(sql, { open: true }, { limit });
  return rows.toReversed();
}

function mismatch(about: Partial<NewTask> = {}): NewTask {
  return { kind: "payment_mismatch", cause: "order 1 attempt 1", orderId: 1n, detail: { amountMinor: 5n }, ...about };
}

describe("openTasks", () => {
  test(
    "opens one task for each cause, once",
    inTx(async (tx) => {
      await openTasks(tx, [mismatch(), mismatch(), mismatch({ cause: "order 2 attempt 1", orderId: 2n })], noon);
      await openTasks(tx, [mismatch({ detail: { amountMinor: 6n } })], noon);

      const tasks = await listOpenTasks(tx);
      assert.deepEqual(
        tasks.map(({ cause, orderId, detail, openedAt }) => ({ cause, orderId, detail, openedAt })),
        [
          { cause: "order 1 attempt 1", orderId: 1n, detail: { amountMinor: "5" }, openedAt: noon },
          { cause: "order 2 attempt 1", orderId: 2n, detail: { amountMinor: "5" }, openedAt: noon },
        ],
      );
    }),
  );

  test(
    "keeps what an outside system said even when it is no proper text",
    inTx(async (tx) => {
      await openTasks(
        tx,
        [mismatch({ cause: "a\u0000b", orderId: null, detail: { reason: ["\ud800", "x\u0000"] } })],
        noon,
      );

      const [task] = await listOpenTasks(tx);
      assert.equal(task?.cause, "a\ufffdb");
      assert.deepEqual(task?.detail, { reason: ["\ufffd", "x\ufffd"] });
    }),
  );

  test(
    "takes one statement, and none for no tasks",
    inTx(async (tx) => {
      assert.deepEqual(await statementsOf(tx, (watched) => openTasks(watched, [mismatch(), mismatch()], noon)), [
        "tasks.insert_tasks",
      ]);
      assert.deepEqual(await statementsOf(tx, (watched) => openTasks(watched, [], noon)), []);
    }),
  );

  test("lets two sets with the same causes in opposite order both commit", async () => {
    const { db, close } = await testDatabase();
    const causes = Array.from({ length: 200 }, (_, index) => `cause ${index}`);
    const tasks = causes.map((cause) => mismatch({ cause }));
    await Promise.all([
      db.transaction((tx) => openTasks(tx, tasks, noon)),
      db.transaction((tx) => openTasks(tx, tasks.toReversed(), noon)),
    ]);

    assert.equal((await findTasks(db, {}, { limit: 1000 })).rows.length, causes.length);
    await close();
  });
});
