import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { inTurn, paceReading } from "./pace-reading.ts";

describe("paceReading", () => {
  test("reads once for all who ask together or soon after", async () => {
    let reads = 0;
    const part = paceReading("orders", async () => {
      reads += 1;
      return reads;
    });
    assert.deepEqual(await Promise.all([part.now(), part.now()]), [1, 1]);
    assert.equal(await part.now(), 1);
    assert.equal(reads, 1);
    assert.equal(part.isMissing(), false);
  });

  test("answers nothing and says so when reading fails", async () => {
    const part = paceReading("orders", async () => {
      throw new Error("The database is away.");
    });
    assert.equal(await part.now(), undefined);
    assert.equal(part.isMissing(), true);
  });

  test("keeps nobody waiting for a reading that hangs, and takes it when it comes", async () => {
    const reading = Promise.withResolvers<number>();
    const part = paceReading("orders", () => reading.promise);
    assert.equal(await part.now(), undefined);
    assert.equal(part.isMissing(), true);
    reading.resolve(7);
    await nextTurn();
    assert.equal(await part.now(), 7);
    assert.equal(part.isMissing(), false);
  });
});

describe("inTurn", () => {
  test("starts nothing before what came first has ended, also when that failed", async () => {
    const turn = inTurn();
    const first = Promise.withResolvers<number>();
    const seen: string[] = [];
    const one = turn(() => first.promise);
    const two = turn(async () => seen.push("second"));
    await nextTurn();
    assert.deepEqual(seen, []);
    first.reject(new Error("No."));
    await assert.rejects(one);
    await two;
    assert.deepEqual(seen, ["second"]);
  });
});
