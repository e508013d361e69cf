import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Db } from "../../src/platform/db.ts";
import { ask } from "../support/ask.ts";
import { openBulkStorm } from "../support/bulk-storm.ts";
import { assertVerified } from "../support/check-books.ts";
import { testDatabase } from "../support/database.ts";
import { chaosSeed, randomFrom } from "../support/random.ts";

const long = process.env.CHAOS === "long";
const storms = long ? 30 : 1;
const deeds = long ? 600 : 150;
const lanes = 4;

/** What no worker and no sequencer does here. */
const undone = ["I12", "I13", "I20", "I21", "I29", "I44", "I47"];

type Storm = Awaited<ReturnType<typeof openBulkStorm>>;

/** Fails unless each reference has one order at most, worth what it must be, and was said to be placed once at most. */
async function assertOnce(db: Db, { toldPlaced, expectedMinor }: Storm): Promise<number> {
  const rows = await ask<{ reference: string; orders: bigint; totalMinor: bigint }>(
    db,
    `select external_reference as reference, count(*) as orders, max(total_minor) as total_minor
       from orders.orders where external_reference is not null group by 1`,
  );
  const there = new Set<string>();
  for (const { reference, orders, totalMinor } of rows) {
    there.add(reference);
    assert.deepEqual([reference, orders, totalMinor], [reference, 1n, expectedMinor(reference)]);
  }
  for (const [reference, times] of toldPlaced)
    assert.deepEqual([reference, times, there.has(reference)], [reference, 1, true]);
  return rows.length;
}

/** Fails unless every batch has the orders that it was said to have. */
async function assertBatches(db: Db, { batches }: Storm): Promise<void> {
  const rows = await ask<{ batchId: string; orders: bigint }>(
    db,
    "select batch_id, count(*) as orders from orders.orders where batch_id is not null group by 1",
  );
  const there = new Map(rows.map(({ batchId, orders }) => [batchId, Number(orders)]));
  assert.deepEqual(
    batches.filter(({ batchId, placed }) => there.get(batchId) !== placed),
    [],
  );
}

/** Fails unless the ledger has what the payment service took, each payment once. */
async function assertCharged(db: Db, { gateway }: Storm): Promise<void> {
  const captures = await ask<{ orderId: bigint; reference: string; amountMinor: bigint; currency: string }>(
    db,
    `select order_id, reference, amount_minor, currency from payments.money_entries
      where kind = 'capture' and gateway = 'storm'`,
  );
  const told = (one: { orderId: bigint; reference: string; amountMinor: bigint; currency: string }) =>
    `${one.orderId} ${one.reference} ${one.amountMinor} ${one.currency}`;
  const taken = gateway.payments.filter(({ status }) => status === "succeeded");
  assert.deepEqual(captures.map(told).sort(), taken.map(told).sort());
}

describe(`batches, imports and payments at once (CHAOS_SEED=${chaosSeed})`, () => {
  for (let storm = 0; storm < storms; storm += 1) {
    const seed = chaosSeed + storm;
    test(`place and charge every order once, seed ${seed}`, async () => {
      const { db, url, close } = await testDatabase();
      const shop = await openBulkStorm(db, url, randomFrom(seed));
      let left = deeds;
      const lane = async () => {
        while (left > 0) {
          left -= 1;
          await shop.act();
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      await shop.drain();
      await shop.giveUp();
      assert.deepEqual(shop.troubles, []);
      const imports = await ask(db, "select uid, status from imports.imports where ended_at is null");
      assert.deepEqual(imports, [], "every import came to an end");
      const orders = await assertOnce(db, shop);
      assert.ok(orders > 0);
      await assertBatches(db, shop);
      await assertCharged(db, shop);
      await assertVerified(url, undone);
      await shop.close();
      await close();
    });
  }
});
