import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { silentLog } from "./log.ts";
import { startPeriodic } from "./start-periodic.ts";

describe("startPeriodic", () => {
  test("does the work in one process at a time, and in the next when that one stops", async () => {
    const { db } = await testDatabase();
    const runs = { first: 0, second: 0 };
    const start = (who: keyof typeof runs) =>
      startPeriodic({
        db,
        log: silentLog,
        name: "sweeping",
        everyMs: 20,
        leaseSeconds: 60,
        async run() {
          runs[who] += 1;
        },
      });
    const first = start("first");
    await eventually("the first works", () => runs.first >= 1);
    const second = start("second");
    await eventually("the first works on", () => runs.first >= 5);
    assert.equal(runs.second, 0);
    await first.stop();
    await eventually("the second works", () => runs.second >= 1);
    await second.stop();
  });

  test("repeats a run that failed", async () => {
    const { db } = await testDatabase();
    let runs = 0;
    const periodic = startPeriodic({
      db,
      log: silentLog,
      name: "failing",
      everyMs: 10,
      async run() {
        runs += 1;
        if (runs === 1) throw new Error("not now");
      },
    });
    await eventually("it runs again", () => runs >= 2);
    await periodic.stop();
  });
});
