import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { runFailing } from "../../test/support/run-failing.ts";
import { armFailpoints, reach, traceFailpoints } from "./failpoints.ts";

const fault = (name: string) => ({ message: `Failpoint ${name}` });

/** Visits a point so often and says which visits failed. */
async function failedVisits(name: string, visits: number): Promise<number[]> {
  const failed: number[] = [];
  for (let visit = 1; visit <= visits; visit += 1) await reach(name).catch(() => failed.push(visit));
  return failed;
}

describe("reach", () => {
  afterEach(() => {
    armFailpoints("");
    traceFailpoints(undefined);
  });

  test("passes when nothing is armed, and at every other point", async () => {
    await reach("before-place");
    armFailpoints("after-place:throw");
    await reach("before-place");
    await assert.rejects(reach("after-place"), fault("after-place"));
  });

  test("fails at every visit, or at the one that is named", async () => {
    armFailpoints("always:throw,second@2:throw");
    assert.deepEqual(await failedVisits("always", 3), [1, 2, 3]);
    assert.deepEqual(await failedVisits("second", 4), [2]);
  });

  test("counts the visits of each point by itself, and anew when armed again", async () => {
    armFailpoints("one@2:throw, other@1:throw");
    await reach("one");
    assert.deepEqual(await failedVisits("other", 2), [1]);
    armFailpoints("one@2:throw");
    assert.deepEqual(await failedVisits("one", 3), [2]);
  });

  test("is passed for free again when nothing is armed any more", async () => {
    armFailpoints("point:throw");
    armFailpoints("");
    assert.deepEqual(await failedVisits("point", 2), []);
  });

  test("waits where a delay is armed, and then goes on", async () => {
    armFailpoints("slow:delay=20");
    let passed = false;
    const passing = reach("slow").then(() => {
      passed = true;
    });
    await nextTurn();
    assert.equal(passed, false);
    await passing;
    assert.equal(passed, true);
  });

  test("lets nothing else run where a block is armed", async () => {
    armFailpoints("busy:block=30");
    let others = 0;
    setImmediate(() => {
      others += 1;
    });
    const startedAt = performance.now();
    const passing = reach("busy");
    assert.equal(others, 0);
    assert.ok(performance.now() - startedAt >= 25, "it took its time before it came back");
    await passing;
  });

  test("tells a driver every point that is passed, armed or not", async () => {
    const seen: string[] = [];
    traceFailpoints((name) => seen.push(name));
    armFailpoints("b:throw");
    await reach("a");
    await assert.rejects(reach("b"));
    traceFailpoints(undefined);
    await reach("c");
    assert.deepEqual(seen, ["a", "b"]);
  });

  test("kills the process at once, without a word", async () => {
    const { signal, lines } = await runFailing("b@2:kill", "reach", "a", "b", "a", "b", "a");
    assert.equal(signal, "SIGKILL");
    assert.deepEqual(lines, ["a", "b", "a"]);
  });
});

describe("armFailpoints", () => {
  for (const nonsense of [
    "point",
    "point:explode",
    "point:",
    ":kill",
    "point@:kill",
    "point@x:kill",
    "point@-1:kill",
    "point:delay",
    "point:delay=",
    "point:delay=1s",
    "point:block",
    "point:block=x",
    "Point:kill",
    "point:kill:throw",
    "good:throw,bad",
    " ",
  ]) {
    test(`refuses "${nonsense}"`, () => {
      assert.throws(
        () => armFailpoints(nonsense),
        /is not a failpoint; write name@visit:kill\|throw\|hang\|delay=ms\|block=ms\./,
      );
    });
  }

  test("arms nothing of a text that is refused", async () => {
    assert.throws(() => armFailpoints("good:throw,bad"));
    await reach("good");
  });
});
