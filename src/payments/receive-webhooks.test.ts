import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { endWebhooks, putOffWebhooks } from "./end-webhooks.ts";
import { findWebhooks } from "./inbox-queries.ts";
import { type Received, receiveWebhooks } from "./receive-webhooks.ts";
import type { Webhook } from "./webhook.ts";
import { forgetWebhooks } from "./webhook-inbox-flow.ts";
import { workWebhook } from "./work-webhook.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");
const minute = 60_000;

function webhook(about: Partial<Webhook> = {}): Webhook {
  return {
    gateway: "http",
    eventId: "msg_1",
    namedOrder: "42",
    body: "{}",
    paymentId: "pay_1",
    refundId: null,
    news: "succeeded",
    amountMinor: 300n,
    currency: "USD",
    ...about,
  };
}

const jobs = "select payload ->> 'eventId' as id from graphile_worker._private_jobs order by id";
const key = { gateways: ["http"], eventIds: ["msg_1"] };

describe("receiveWebhooks", () => {
  test(
    "keeps each webhook once, with one job",
    inTx(async (tx) => {
      await prepareJobs(tx, [workWebhook]);
      const set = [webhook(), webhook(), webhook({ eventId: "msg_2" }), webhook({ gateway: "sandbox" })];
      assert.deepEqual(await receiveWebhooks(tx, set, noon), ["received", "duplicate", "received", "received"]);
      assert.deepEqual(await receiveWebhooks(tx, set, noon), Array(4).fill("duplicate"));
      assert.deepEqual(await ask(tx, jobs), [{ id: "msg_1" }, { id: "msg_1" }, { id: "msg_2" }]);
      const [kept] = await findWebhooks(tx, key);
      assert.ok(kept);
      const { fingerprint: _fingerprint, ...rest } = kept;
      assert.deepEqual(rest, { ...webhook(), state: "received", tries: 0, receivedAt: noon });
    }),
  );

  for (const [what, other] of [
    ["body", { body: '{"a":1}' }],
    ["address", { namedOrder: "43" }],
  ] as const) {
    test(
      `does not take in the same id with another ${what}, and asks a person once`,
      inTx(async (tx) => {
        await prepareJobs(tx, [workWebhook]);
        const both = [webhook(), webhook(other)];
        assert.deepEqual(await receiveWebhooks(tx, both, noon), ["received", "changed"]);
        assert.deepEqual(await receiveWebhooks(tx, [webhook(other), webhook()], noon), ["changed", "duplicate"]);
        const [kept] = await findWebhooks(tx, key);
        assert.equal(kept?.body, "{}");
        assert.equal(kept?.namedOrder, "42");
        assert.deepEqual(await ask(tx, jobs), [{ id: "msg_1" }]);
        assert.deepEqual(await ask(tx, "select kind from tasks.tasks"), [{ kind: "webhook_changed" }]);
      }),
    );
  }

  test(
    "takes two statements for many, and three when some are known",
    inTx(async (tx) => {
      await prepareJobs(tx, [workWebhook]);
      const many = Array.from({ length: 20 }, (_, index) => webhook({ eventId: `msg_${index}` }));
      const receive = () => statementsOf(tx, (watched) => receiveWebhooks(watched, many, noon));
      assert.deepEqual(await receive(), ["payments.insert_webhooks", "platform.insert_jobs"]);
      assert.deepEqual(await receive(), ["payments.insert_webhooks", "payments.find_webhooks"]);
    }),
  );

  test("lets many sets with the same webhooks at once keep each of them once", async () => {
    const { db, close } = await testDatabase();
    await prepareJobs(db, [workWebhook]);
    const many = Array.from({ length: 50 }, (_, index) => webhook({ eventId: `msg_${index}` }));
    const sets = Array.from({ length: 8 }, (_, turn) => (turn % 2 === 0 ? many : many.toReversed()));
    const answers = await Promise.all(sets.map((set) => db.transaction((tx) => receiveWebhooks(tx, set, noon))));
    const received = answers.flat().filter((answer: Received) => answer === "received");
    assert.equal(received.length, many.length);
    assert.equal((await ask(db, jobs)).length, many.length);
    await close();
  });
});

describe("endWebhooks and putOffWebhooks", () => {
  test(
    "end a webhook once, and leave it as it ended",
    inTx(async (tx) => {
      await prepareJobs(tx, [workWebhook]);
      await receiveWebhooks(tx, [webhook()], noon);
      const [kept] = await findWebhooks(tx, key);
      assert.ok(kept);
      const ending = { gateway: "http", eventId: "msg_1", state: "worked", outcome: "paid" } as const;
      assert.equal(await endWebhooks(tx, [ending], noon), 1);
      assert.equal(await endWebhooks(tx, [{ ...ending, state: "parked", outcome: "early" }], noon), 0);
      await putOffWebhooks(tx, [kept], noon);
      const rows = await ask(tx, "select state, outcome, tries, next_try_at, ended_at from payments.webhook_inbox");
      assert.deepEqual(rows, [{ state: "worked", outcome: "paid", tries: 0, nextTryAt: null, endedAt: noon }]);
      assert.equal((await ask(tx, jobs)).length, 1);
    }),
  );

  test(
    "put a webhook off with growing waits, once for each try",
    inTx(async (tx) => {
      await prepareJobs(tx, [workWebhook]);
      await receiveWebhooks(tx, [webhook()], noon);
      for (const waitMs of [1_000, 2_000, 4_000]) {
        const [kept] = await findWebhooks(tx, key);
        assert.ok(kept);
        await putOffWebhooks(tx, [kept], noon);
        await putOffWebhooks(tx, [kept], noon);
        const [row] = await ask<{ nextTryAt: Date }>(tx, "select next_try_at from payments.webhook_inbox");
        assert.equal(row?.nextTryAt.getTime(), noon.getTime() + waitMs);
      }
      const due = await ask<{ runAt: Date }>(tx, "select run_at from graphile_worker._private_jobs order by run_at");
      assert.deepEqual(
        due.slice(0, 3).map(({ runAt }) => runAt.getTime() - noon.getTime()),
        [1_000, 2_000, 4_000],
      );
      assert.equal(due.length, 4);
    }),
  );
});

describe("forgetWebhooks", () => {
  test("takes away what was worked on before then, and nothing that waits or was parked", async () => {
    const { db, close } = await testDatabase();
    await prepareJobs(db, [workWebhook]);
    const at = (minutes: number) => new Date(noon.getTime() + minutes * minute);
    const end = (eventId: string, state: "worked" | "parked", minutes: number) =>
      db.transaction((tx) => endWebhooks(tx, [{ gateway: "http", eventId, state, outcome: "x" }], at(minutes)));
    const ids = ["old", "new", "parked", "waiting"];
    await db.transaction((tx) =>
      receiveWebhooks(
        tx,
        ids.map((eventId) => webhook({ eventId })),
        noon,
      ),
    );
    await end("old", "worked", 1);
    await end("parked", "parked", 1);
    await end("new", "worked", 3);
    await forgetWebhooks(db, at(2));
    const left = await ask<{ eventId: string }>(db, "select event_id from payments.webhook_inbox order by event_id");
    assert.deepEqual(
      left.map(({ eventId }) => eventId),
      ["new", "parked", "waiting"],
    );
    await close();
  });
});
