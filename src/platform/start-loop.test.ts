import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "../../test/support/eventually.ts";
import { silentLog } from "./log.ts";
import { startLoop } from "./start-loop.ts";

const longMs = 3_600_000; // Nobody waits for it: a test that needs it to pass would hang.

describe("startLoop", () => {
  test("takes turn after turn until it is stopped", async () => {
    let turns = 0;
    const loop = startLoop({
      name: "counting",
      log: silentLog,
      async turn() {
        turns += 1;
        return 0;
      },
    });
    await eventually("ten turns are taken", () => turns >= 10);
    await loop.stop();
    const taken = turns;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(turns, taken);
  });

  test("goes on after a turn that throws, and says so once", async () => {
    let turns = 0;
    const warnings: object[] = [];
    const loop = startLoop({
      name: "failing",
      log: { ...silentLog, warn: (details) => warnings.push(details) },
      async turn() {
        turns += 1;
        if (turns <= 3) throw new Error("away");
        return longMs;
      },
    });
    await eventually("the turn after three failures is taken", () => turns === 4);
    await loop.stop();
    assert.equal(warnings.length, 1);
  });

  test("ends a wait when it is nudged, also when the nudge comes during a turn", async () => {
    let turns = 0;
    const entered = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const loop = startLoop({
      name: "nudged",
      log: silentLog,
      async turn() {
        turns += 1;
        entered.resolve();
        if (turns === 1) await leave.promise;
        return longMs;
      },
    });
    await entered.promise;
    loop.nudge();
    leave.resolve();
    await eventually("the second turn is taken", () => turns === 2);
    loop.nudge();
    await eventually("the third turn is taken", () => turns === 3);
    await loop.stop();
  });

  test("finishes the turn under way before stop resolves", async () => {
    const entered = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const seen: string[] = [];
    const loop = startLoop({
      name: "slow",
      log: silentLog,
      async turn() {
        entered.resolve();
        await leave.promise;
        seen.push("turn");
        return longMs;
      },
    });
    await entered.promise;
    const stopped = loop.stop().then(() => seen.push("stopped"));
    leave.resolve();
    await stopped;
    assert.deepEqual(seen, ["turn", "stopped"]);
  });
});
