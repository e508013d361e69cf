import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import type { Tx } from "../platform/db.ts";
import { randomToken, uuidV7 } from "../platform/ids.ts";
import { anonymousOwner } from "./anonymous.ts";
import { lockOwners } from "./lock-owners.ts";
import { lockShopper } from "./lock-shopper.ts";
import { markMerged } from "./mark-merged.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");
const visitor = () => anonymousOwner(randomToken(24));

async function merge(tx: Tx, from: string, userId: string) {
  await lockOwners(tx, [from, `user/${userId}`]);
  return markMerged(tx, { from, userId }, noon);
}

describe("markMerged", () => {
  test(
    "closes what a visitor had to the visitor's cookie",
    inTx(async (tx) => {
      const from = visitor();
      await lockShopper(tx, from);
      assert.equal(await merge(tx, from, uuidV7(noon)), "merged");
      await assert.rejects(lockShopper(tx, from), { code: "identity.shopper_merged" });
    }),
  );

  test(
    "leaves it to the first user, whoever comes later",
    inTx(async (tx) => {
      const from = visitor();
      const [first, second] = [uuidV7(noon), uuidV7(noon)];
      assert.equal(await merge(tx, from, first), "merged");
      assert.equal(await merge(tx, from, first), "already");
      assert.equal(await merge(tx, from, second), "already");
    }),
  );

  test("tells one of five who sign in at once that it merges, and four that it was done", async () => {
    const { db } = await testDatabase();
    const from = visitor();
    const userId = uuidV7(noon);
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => db.transaction((tx) => merge(tx, from, userId))),
    );
    assert.deepEqual(outcomes.sort(), ["already", "already", "already", "already", "merged"]);
  });
});

describe("lockOwners", () => {
  test(
    "locks each owner once, in ascending order",
    inTx(async (tx) => {
      const names = await statementsOf(tx, (watched) => lockOwners(watched, ["user/b", "anonymous/a", "user/b"]));
      assert.deepEqual(names, ["identity.lock_owner", "identity.lock_owner"]);
    }),
  );

  test("never waits in a circle, in whatever order owners are named", async () => {
    const { db } = await testDatabase();
    const [one, other] = [visitor(), visitor()];
    const orders = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? [one, other] : [other, one]));
    await Promise.all(orders.map((owners) => db.transaction((tx) => lockOwners(tx, owners))));
    assert.equal(db.load().repeated, 0);
  });
});
