import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { by, givenOrder, noon, policy } from "../../test/support/given-orders.ts";
import { claimKeys, findKey } from "../http/claim-keys.ts";
import type { Db } from "../platform/db.ts";
import { advanceOrder } from "./advance-order.ts";
import { completeAnswers, replayPlacement } from "./answer-placement.ts";
import type { OrderStatus } from "./order.ts";

const key = { principal: "key-1", key: "k", fingerprint: "f" };
const at = (ms: number) => ({ now: () => new Date(noon.getTime() + ms) });

/** A request that claimed its key, placed its order, and died before it answered. */
async function givenDeadRequest(db: Db, status: OrderStatus): Promise<bigint> {
  return db.transaction(async (tx) => {
    const { orderId } = await givenOrder(tx, { status });
    assert.deepEqual(await claimKeys(tx, [{ ...key, orderId }], noon), ["claimed"]);
    return orderId;
  });
}

async function rowOf(db: Db) {
  const row = await findKey(db, key, noon);
  assert.ok(row);
  return row;
}

describe("replayPlacement", () => {
  test("completes the answer of a request that died, and keeps it: later moves do not change it", async () => {
    const { db } = await testDatabase();
    const orderId = await givenDeadRequest(db, "paid");
    const first = await replayPlacement(db, at(0), await rowOf(db), key.fingerprint);
    assert.equal(first.status, 201);
    assert.equal(first.replayed, true);
    assert.match(first.body, /"status":"paid"/);
    const dead = await rowOf(db);
    await db.transaction((tx) => advanceOrder(tx, { orderId, to: "shipped", by }, policy, noon));
    assert.equal((await replayPlacement(db, at(0), dead, key.fingerprint)).body, first.body);
    assert.equal((await replayPlacement(db, at(0), { ...dead, answerStatus: null }, key.fingerprint)).body, first.body);
  });

  test("says that the first request is under way while nobody knows how its payment ended", async () => {
    const { db } = await testDatabase();
    await givenDeadRequest(db, "payment_processing");
    const replay = replayPlacement(db, at(0), await rowOf(db), key.fingerprint);
    await assert.rejects(replay, { code: "http.idempotency_key_in_flight" });
  });

  test("refuses another request with the same key", async () => {
    const { db } = await testDatabase();
    await givenDeadRequest(db, "paid");
    const replay = replayPlacement(db, at(0), await rowOf(db), "another");
    await assert.rejects(replay, { code: "http.idempotency_key_reused" });
  });
});

describe("completeAnswers", () => {
  test("completes answers that nobody asks for again, when their request must be dead and the order is settled", async () => {
    const { db } = await testDatabase();
    await givenDeadRequest(db, "pending");
    assert.equal(await completeAnswers(db, at(59_000)), 0);
    assert.equal(await completeAnswers(db, at(61_000)), 1);
    assert.equal(await completeAnswers(db, at(61_000)), 0);
    const [kept] = await ask(
      db,
      'select answer_status, answer_body like \'%"status":"pending"%\' as told from http.idempotency_keys',
    );
    assert.deepEqual(kept, { answerStatus: 201, told: true });
  });

  test("leaves an order alone whose payment is under way", async () => {
    const { db } = await testDatabase();
    await givenDeadRequest(db, "payment_processing");
    assert.equal(await completeAnswers(db, at(120_000)), 0);
  });
});
