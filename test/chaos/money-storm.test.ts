import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Db } from "../../src/platform/db.ts";
import { ask } from "../support/ask.ts";
import { assertBooksHold } from "../support/check-money.ts";
import { testDatabase } from "../support/database.ts";
import { openMoneyStorm } from "../support/money-storm.ts";
import { chaosSeed, randomFrom } from "../support/random.ts";
import type { StormPayment } from "../support/storm-gateway.ts";

const long = process.env.CHAOS === "long";
const storms = long ? 60 : 2;
const deeds = long ? 1500 : 400;
const lanes = 6; // Deeds under way at once: fewer than the pool has connections.

/** The money of each payment as a payment service has it: came in, went back and stayed there, was taken by banks. */
function truthOf(payments: readonly StormPayment[]): string[] {
  return payments
    .filter(({ status }) => status === "succeeded")
    .map(({ orderId, reference, amountMinor, currency, refunds, chargebacks }) => {
      const back = refunds.filter(({ failed }) => !failed).map((one) => `${one.reference} ${one.amountMinor}`);
      const taken = chargebacks.map((one) => `${one.reference} ${one.amountMinor}`);
      return `${orderId} ${reference} ${amountMinor} ${currency} back ${back.sort()} taken ${taken.sort()}`;
    })
    .sort();
}

/** The same as the ledger has it. */
async function ledgerOf(db: Db): Promise<string[]> {
  const entries = await ask<{
    orderId: bigint;
    attempt: number;
    kind: string;
    reference: string;
    amountMinor: bigint;
    currency: string;
  }>(db, "select order_id, attempt, kind, reference, amount_minor, currency from payments.money_entries");
  const failed = new Set(entries.filter(({ kind }) => kind === "refund_failed").map(({ reference }) => reference));
  return entries
    .filter(({ kind }) => kind === "capture")
    .map(({ orderId, attempt, reference, amountMinor, currency }) => {
      const ofPayment = entries.filter((one) => one.orderId === orderId && one.attempt === attempt);
      const named = (kind: string) =>
        ofPayment
          .filter((one) => one.kind === kind && !(kind === "refund" && failed.has(one.reference)))
          .map((one) => `${one.reference} ${one.amountMinor}`)
          .sort();
      return `${orderId} ${reference} ${amountMinor} ${currency} back ${named("refund")} taken ${named("chargeback")}`;
    })
    .sort();
}

async function kindsOf(db: Db): Promise<string[]> {
  const rows = await ask<{ kind: string }>(db, "select distinct kind from payments.money_entries");
  return rows.map(({ kind }) => kind);
}

describe(`everything that moves money at once (CHAOS_SEED=${chaosSeed})`, () => {
  const moved = new Set<string>();

  for (let storm = 0; storm < storms; storm += 1) {
    const seed = chaosSeed + storm;
    test(`ends in the books of the payment service, seed ${seed}`, async () => {
      const { db, url, close } = await testDatabase();
      const shop = await openMoneyStorm(db, randomFrom(seed));
      let left = deeds;
      const lane = async () => {
        while (left > 0) {
          left -= 1;
          await shop.act();
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      await shop.drain();
      assert.deepEqual(shop.troubles, []);
      assert.deepEqual(await ledgerOf(db), truthOf(shop.gateway.payments));
      const waiting = await ask<{ eventId: string }>(
        db,
        "select event_id, news, named_order, payment_id, refund_id, amount_minor, state, outcome from payments.webhook_inbox where state <> 'worked' and event_id not like 'lie%'",
      );
      assert.deepEqual(waiting, [], "all that is true was worked on");
      await shop.giveUp();
      await assertBooksHold(url);
      for (const kind of await kindsOf(db)) moved.add(kind);
      await close();
    });
  }

  test("moves money in every way that there is", () => {
    assert.deepEqual([...moved].sort(), ["capture", "chargeback", "refund", "refund_failed"]);
  });
});
