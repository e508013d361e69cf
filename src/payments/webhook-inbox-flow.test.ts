import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { prepareJobs } from "../platform/jobs.ts";
import type { Webhook } from "./webhook.ts";
import { openWebhookInbox } from "./webhook-inbox-flow.ts";
import { workWebhook } from "./work-webhook.ts";

const clock = { now: () => new Date("2026-11-23T12:00:00.000Z") };

function webhook(eventId: string, body = "{}"): Webhook {
  const said = { paymentId: "pay_1", refundId: null, news: "succeeded", amountMinor: 300n, currency: "USD" } as const;
  return { gateway: "http", eventId, namedOrder: "42", body, ...said };
}

async function openInbox() {
  const { db, close } = await testDatabase();
  await prepareJobs(db, [workWebhook]);
  const count = async () => (await ask(db, "select from payments.webhook_inbox")).length;
  return { inbox: openWebhookInbox(db, clock), count, close };
}

describe("the inbox of webhooks", () => {
  test("has everything stored that it answered for, and lets no more wait than it can hold", async () => {
    const { inbox, count, close } = await openInbox();
    const most = 1_000;
    const asked = Array.from({ length: most + 50 }, (_, index) => inbox.receive(webhook(`msg_${index}`)));
    const answers = await Promise.allSettled(asked);
    const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
    assert.equal(refused.length, 50);
    for (const { code, extras } of refused) {
      assert.equal(code, "payment.webhooks_too_many");
      assert.equal(extras.retryAfterSeconds, 1);
    }
    assert.equal(await count(), most);
    // There is room again.
    assert.equal(await inbox.receive(webhook("late")), "received");
    await close();
  });

  test("lets one that the database refuses fail alone among its neighbours", async () => {
    const { inbox, count, close } = await openInbox();
    const tooLong = "x".repeat(20_000);
    const answers = await Promise.allSettled([
      inbox.receive(webhook("good")),
      inbox.receive(webhook("bad", tooLong)),
      inbox.receive(webhook("other")),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.equal(await count(), 2);
    await close();
  });
});
