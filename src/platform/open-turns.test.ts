import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as breathe } from "node:timers/promises";
import { openTurns } from "./open-turns.ts";

function givenTurns(most = 10) {
  const running: string[] = [];
  const done: string[] = [];
  const { take } = openTurns({ most, refuse: () => new Error("too many") });
  const work = (name: string, step: string) =>
    take(name, async () => {
      running.push(step);
      await breathe();
      assert.deepEqual(
        running.filter((one) => one.startsWith(name)),
        [step],
        "alone under its name",
      );
      running.splice(running.indexOf(step), 1);
      done.push(step);
      return step;
    });
  return { take, work, done, running };
}

describe("openTurns", () => {
  test("lets work of one name run one after the other, in the order in which it came", async () => {
    const { work, done } = givenTurns();
    const answers = await Promise.all(["a1", "a2", "a3"].map((step) => work("a", step)));
    assert.deepEqual(answers, ["a1", "a2", "a3"]);
    assert.deepEqual(done, ["a1", "a2", "a3"]);
  });

  test("keeps nobody waiting who has another name", async () => {
    const { take, work, done } = givenTurns();
    const held = Promise.withResolvers<void>();
    const first = take("a", () => held.promise);
    const second = work("a", "a2");
    await work("b", "b1");
    assert.deepEqual(done, ["b1"]);
    held.resolve();
    await Promise.all([first, second]);
    assert.deepEqual(done, ["b1", "a2"]);
  });

  test("goes on behind work that failed, whose caller alone hears of it", async () => {
    const { take, work } = givenTurns();
    const failing = take("a", () => Promise.reject(new Error("lost")));
    const next = work("a", "a2");
    await assert.rejects(failing, /lost/);
    assert.equal(await next, "a2");
    await assert.rejects(
      take("a", () => {
        throw new Error("thrown");
      }),
      /thrown/,
    );
    assert.equal(await work("a", "a3"), "a3");
  });

  test("refuses what is too much under one name, and takes more when there is room", async () => {
    const { work } = givenTurns(2);
    const taken = [work("a", "a1"), work("a", "a2")];
    await assert.rejects(work("a", "a3"), /too many/);
    assert.equal(await work("b", "b1"), "b1");
    await Promise.all(taken);
    assert.equal(await work("a", "a4"), "a4");
  });
});
