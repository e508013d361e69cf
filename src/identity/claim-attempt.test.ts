import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import type { Refusal } from "../platform/errors.ts";
import { type AttemptRule, countsOf } from "./attempt.ts";
import { claimAttempt, settleAttempt } from "./claim-attempt.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");
const rule: AttemptRule = { name: "test", ofAddress: 5, ofAccount: 3, windowSeconds: 60 };
const attempt = { rule, network: "203.0.113.7", email: "ann@example.com" };
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000);

describe("claimAttempt", () => {
  test(
    "refuses the fourth try at an account until the window is over, and says how long that is",
    inTx(async (tx) => {
      for (let count = 0; count < 3; count += 1) assert.equal(await claimAttempt(tx, attempt, later(count)), undefined);
      const refused = (await claimAttempt(tx, attempt, later(20))) as Refusal;
      assert.equal(refused.code, "identity.too_many_attempts");
      assert.equal(refused.extras.retryAfterSeconds, 40);
      assert.equal(await claimAttempt(tx, attempt, later(60)), undefined);
    }),
  );

  test(
    "counts an address over all accounts",
    inTx(async (tx) => {
      for (let count = 0; count < 5; count += 1) {
        assert.equal(await claimAttempt(tx, { ...attempt, email: `${count}@example.com` }, noon), undefined);
      }
      assert.ok(await claimAttempt(tx, { ...attempt, email: "6@example.com" }, noon));
      assert.equal(
        await claimAttempt(tx, { ...attempt, network: "203.0.113.8", email: "6@example.com" }, noon),
        undefined,
      );
    }),
  );

  test(
    "takes back what succeeds: the account begins anew, the address has one less",
    inTx(async (tx) => {
      for (let count = 0; count < 3; count += 1) await claimAttempt(tx, attempt, noon);
      await settleAttempt(tx, attempt);
      for (let count = 0; count < 3; count += 1) assert.equal(await claimAttempt(tx, attempt, noon), undefined);
      assert.ok(await claimAttempt(tx, attempt, noon));
    }),
  );

  test("counts many at once as one after the other", async () => {
    const { db } = await testDatabase();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => db.transaction((tx) => claimAttempt(tx, attempt, noon))),
    );
    assert.equal(outcomes.filter((outcome) => outcome === undefined).length, 3);
  });

  test(
    "takes one statement, and keeps no address of mail",
    inTx(async (tx) => {
      assert.deepEqual(await statementsOf(tx, (watched) => claimAttempt(watched, attempt, noon)), [
        "identity.count_attempts",
      ]);
      assert.ok([...countsOf(attempt).keys()].every((name) => !name.includes("ann")));
    }),
  );
});
