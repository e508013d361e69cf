import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testDatabase } from "../../test/support/database.ts";
import { openDb } from "./db.ts";
import { isReachable } from "./ping-database.ts";

describe("isReachable", () => {
  test("holds while the database answers, and no longer", async () => {
    const { db, close } = await testDatabase();
    assert.equal(await isReachable(db), true);
    await close();
    assert.equal(await isReachable(db), false);
  });

  test("does not hold where no server listens", async (t) => {
    const db = openDb({ url: "postgres://nobody@127.0.0.1:1/nothing", applicationName: "orderwell nowhere" });
    t.after(() => db.close());
    assert.equal(await isReachable(db), false);
  });
});
