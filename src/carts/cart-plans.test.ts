import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask, genericPlan } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { anyOwner, givenCart, givenPrice } from "../../test/support/given-carts.ts";
import type { Db } from "../platform/db.ts";
import { listStatements } from "../platform/statements.ts";
import "./cart-queries.ts";

const statements = listStatements().filter(({ name }) => name.startsWith("carts."));

/** Plans that read more than one shopper's carts, or all there are. */
async function strayPlans(db: Db): Promise<string[]> {
  const stray: string[] = [];
  for (const { name, sent } of statements) {
    const plan = await genericPlan(db, sent);
    const isChore = name === "carts.delete_untouched_carts";
    if (/Seq Scan/.test(plan) || /carts_left/.test(plan) !== isChore) stray.push(`${name}:\n${plan}`);
  }
  return stray;
}

describe("the statements of carts", () => {
  let db: Db;

  before(async () => {
    ({ db } = await testDatabase());
  });

  test("reach carts by their owner or their id while the tables are empty", async () => {
    assert.ok(statements.length > 20);
    assert.deepEqual(await strayPlans(db), []);
  });

  test("reach them so when the tables grew, with and without statistics", async () => {
    const tea = await givenPrice(db);
    for (let count = 0; count < 300; count += 1) {
      await db.transaction((tx) => givenCart(tx, anyOwner(), [[tea, 1n]]));
    }
    assert.deepEqual(await strayPlans(db), []);
    await ask(db, "analyze carts.carts, carts.cart_lines");
    assert.deepEqual(await strayPlans(db), []);
  });
});
