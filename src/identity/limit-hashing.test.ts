import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { limitHashing } from "./limit-hashing.ts";

describe("limitHashing", () => {
  test("lets two work at once, in the order of their coming, and turns away who would wait too long", async () => {
    const turn = limitHashing({ atOnce: 2, mostWaiting: 3 });
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const outcomes = Array.from({ length: 7 }, (_, number) =>
      turn(() => {
        begun.push(number);
        return new Promise<number>((resolve) => ends.push(() => resolve(number)));
      }).catch((error: { code: string }) => error.code),
    );
    assert.deepEqual(await Promise.all(outcomes.slice(5)), ["identity.busy", "identity.busy"]);
    assert.deepEqual(begun, [0, 1]);
    for (let ended = 0; ended < 5; ended += 1) {
      ends[ended]?.();
      await outcomes[ended];
    }
    assert.deepEqual(await Promise.all(outcomes.slice(0, 5)), [0, 1, 2, 3, 4]);
    assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  });

  test("hands the turn on when work fails", async () => {
    const turn = limitHashing({ atOnce: 1, mostWaiting: 1 });
    const failed = turn(() => Promise.reject(new Error("It broke.")));
    const next = turn(async () => "done");
    await assert.rejects(failed, /It broke/);
    assert.equal(await next, "done");
    assert.equal(await turn(async () => "again"), "again");
  });
});
