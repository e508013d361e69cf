import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import type { Tx } from "../platform/db.ts";
import type { OrderStatus } from "./order.ts";
import { settlePayments } from "./settle-payments.ts";
import { startPayments } from "./start-payments.ts";

const gateway = "sandbox";

function start(tx: Tx, orderIds: readonly bigint[]) {
  return startPayments(tx, { orderIds, gateway, by }, policy, noon);
}

/** An order whose only attempt ended so. */
async function givenTried(tx: Tx, failure: "not_sent" | "card_declined"): Promise<bigint> {
  const { orderId } = await givenOrder(tx);
  const answer =
    failure === "not_sent"
      ? ({ outcome: "not_sent", reason: "a test" } as const)
      : ({ outcome: "failed", failure, reference: null } as const);
  await settlePayments(tx, [{ orderId, attempt: 1, answer, by }], policy, noon);
  return orderId;
}

describe("startPayments", () => {
  test(
    "starts the next attempt of orders that no gateway was asked about",
    inTx(async (tx) => {
      const orderIds = [await givenTried(tx, "not_sent"), await givenTried(tx, "not_sent")];
      const started = await start(tx, orderIds);
      assert.deepEqual(
        started.map(({ orderId, status, attempts, expiresAt }) => ({ orderId, status, attempts, expiresAt })),
        orderIds.map((orderId) => ({ orderId, status: "payment_processing", attempts: 2, expiresAt: null })),
      );
      const events = await ask(
        tx,
        "select sequence from events.events where type = 'PaymentInitiated' and sequence > 3",
      );
      assert.equal(events.length, 2);
    }),
  );

  test(
    "passes over orders that were declined, paid or cancelled, and those that it started before",
    inTx(async (tx) => {
      const declined = await givenTried(tx, "card_declined");
      const ended: bigint[] = [declined];
      for (const status of ["payment_processing", "paid", "cancelled"] satisfies OrderStatus[])
        ended.push((await givenOrder(tx, { status })).orderId);
      const due = await givenTried(tx, "not_sent");
      assert.deepEqual(
        (await start(tx, [...ended, due])).map(({ orderId }) => orderId),
        [due],
      );
      assert.deepEqual(await start(tx, [...ended, due]), []);
    }),
  );

  test("starts an attempt once when two begin at once", async () => {
    const { db } = await testDatabase();
    const orderIds = await db.transaction(async (tx) => [
      await givenTried(tx, "not_sent"),
      await givenTried(tx, "not_sent"),
    ]);
    const started = await Promise.all(
      [orderIds, orderIds.toReversed()].map((ids) => db.transaction((tx) => start(tx, ids))),
    );
    assert.equal(started.flat().length, 2);
  });

  test(
    "takes two statements to read, and three to write",
    inTx(async (tx) => {
      const orderId = await givenTried(tx, "not_sent");
      assert.deepEqual(await statementsOf(tx, (watched) => start(watched, [orderId])), [
        "orders.lock_orders",
        "payments.find_attempts",
        "orders.update_orders",
        "payments.insert_attempts",
        "events.insert_events",
      ]);
    }),
  );
});
