import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openAllowance } from "./allowance.ts";

function spendAll(allowance: ReturnType<typeof openAllowance>, name: string, nowMs: number): number {
  let uses = 0;
  while (allowance.spend(name, nowMs) && uses < 1_000_000) uses += 1;
  return uses;
}

describe("an allowance", () => {
  for (const perSecond of [0.1, 1, 3, 7, 1000, 33_333]) {
    test(`of ${perSecond} a second gives all at once, and then one after each pause`, () => {
      const allowance = openAllowance({ perSecond, atOnce: 12 });
      const begin = 987_654_321.123;
      assert.equal(spendAll(allowance, "ann", begin), 12);
      const { uses, waitMs, restMs } = allowance.left("ann", begin);
      assert.equal(uses, 0);
      assert.ok(Math.abs(waitMs - 1000 / perSecond) < 0.01, `${waitMs}`);
      assert.ok(Math.abs(restMs - 12_000 / perSecond) < 0.1, `${restMs}`);
      assert.equal(spendAll(allowance, "ann", begin + 0.9 * waitMs), 0);
      assert.equal(spendAll(allowance, "ann", begin + waitMs), 1);
      assert.equal(spendAll(allowance, "ann", begin + 1000 * waitMs), 12);
    });
  }

  test("is each name's own", () => {
    const allowance = openAllowance({ perSecond: 1, atOnce: 2 });
    assert.equal(spendAll(allowance, "ann", 0), 2);
    assert.equal(spendAll(allowance, "bob", 0), 2);
  });

  test("counts down, and does not count what it refuses", () => {
    const allowance = openAllowance({ perSecond: 1, atOnce: 3 });
    assert.deepEqual(allowance.left("ann", 5), { uses: 3, waitMs: 0, restMs: 0 });
    allowance.spend("ann", 5);
    assert.deepEqual(allowance.left("ann", 5), { uses: 2, waitMs: 0, restMs: 1000 });
    spendAll(allowance, "ann", 5);
    for (let refused = 0; refused < 9; refused += 1) allowance.spend("ann", 5);
    assert.deepEqual(allowance.left("ann", 5), { uses: 0, waitMs: 1000, restMs: 3000 });
  });

  test("never gives more in any stretch than at once and the pauses in it", () => {
    const allowance = openAllowance({ perSecond: 10, atOnce: 5 });
    let uses = 0;
    for (let nowMs = 0; nowMs < 10_000; nowMs += 7) if (allowance.spend("ann", nowMs)) uses += 1;
    assert.ok(uses <= 105 && uses >= 104, `${uses}`);
  });

  test("forgets who used it longest ago when there are too many names", () => {
    const allowance = openAllowance({ perSecond: 1, atOnce: 1 }, 2);
    for (const name of ["ann", "bob", "cid"]) allowance.spend(name, 0);
    assert.deepEqual(
      ["ann", "bob", "cid"].map((name) => allowance.left(name, 0).uses),
      [1, 0, 0],
    );
  });
});
