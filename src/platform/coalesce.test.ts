import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { coalesce, setMembers, setRuns } from "./coalesce.ts";

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe("coalesce", () => {
  test("lets calls of one turn share a run and gives each its own answer", async () => {
    const runs: number[][] = [];
    const double = coalesce<number, number>({
      most: 10,
      flushes: 2,
      mayRunAlone: () => true,
      async run(members) {
        runs.push(members);
        return members.map((member) => member * 2);
      },
    });
    assert.deepEqual(await Promise.all([double(1), double(2), double(3)]), [2, 4, 6]);
    assert.deepEqual(runs, [[1, 2, 3]]);
  });

  test("gathers what arrives while as many runs as allowed are under way", async () => {
    const runs: number[][] = [];
    const first = gate();
    const run = coalesce<number, number>({
      most: 10,
      flushes: 1,
      mayRunAlone: () => true,
      async run(members) {
        runs.push(members);
        if (runs.length === 1) await first.opened;
        return members;
      },
    });
    const one = run(1);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const others = [run(2), run(3)];
    first.open();
    assert.deepEqual(await Promise.all([one, ...others]), [1, 2, 3]);
    assert.deepEqual(runs, [[1], [2, 3]]);
  });

  test("never puts more members in a run than allowed", async () => {
    const sizes: number[] = [];
    const run = coalesce<number, number>({
      most: 4,
      flushes: 2,
      mayRunAlone: () => true,
      async run(members) {
        sizes.push(members.length);
        return members;
      },
    });
    await Promise.all(Array.from({ length: 10 }, (_, index) => run(index)));
    assert.deepEqual(sizes, [4, 4, 2]);
  });

  test("fails the bad member alone when a run may be repeated", async () => {
    const run = coalesce<number, number>({
      most: 10,
      flushes: 2,
      mayRunAlone: () => true,
      async run(members) {
        if (members.includes(13)) throw new Error("13 is bad");
        return members;
      },
    });
    const outcomes = await Promise.allSettled([run(1), run(13), run(2)]);
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : outcome.reason.message)),
      [1, "13 is bad", 2],
    );
  });

  test("runs nothing again when the failed run may have had an effect", async () => {
    let runs = 0;
    const run = coalesce<number, number>({
      most: 10,
      flushes: 2,
      mayRunAlone: () => false,
      async run() {
        runs += 1;
        throw new Error("the answer was lost");
      },
    });
    const outcomes = await Promise.allSettled([run(1), run(2)]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ["rejected", "rejected"],
    );
    assert.equal(runs, 1);
  });

  test("counts its runs and their members under its name, failed ones too", async () => {
    const half = coalesce<number, number>({
      name: "halves-of-this-test",
      most: 10,
      flushes: 1,
      mayRunAlone: () => true,
      async run(members) {
        if (members.includes(0)) throw new Error("Not nought.");
        return members.map((member) => member / 2);
      },
    });
    const answers = await Promise.allSettled([half(2), half(0), half(4)]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    const mine = ({ labels }: { labels: Record<string, string> }) => labels.set === "halves-of-this-test";
    const members = setMembers.list().find(mine)?.tally;
    assert.equal(members?.count, 4, "one for all, then each alone");
    assert.equal(members?.sum, 6);
    assert.equal(setRuns.list().find(mine)?.tally.count, 4);
  });
});
