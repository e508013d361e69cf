import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { startNotificationServer } from "../../test/fakes/notification-server.ts";
import { startSmtpServer } from "../../test/fakes/smtp-server.ts";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { authSecret } from "../../test/support/given-accounts.ts";
import { from } from "../../test/support/given-letters.ts";
import { noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import { sealLetter } from "../identity/seal-letter.ts";
import { uuidV7 } from "../platform/ids.ts";
import type { JobRun } from "../platform/jobs.ts";
import { tellAccountJob } from "./account-letter-jobs.ts";
import type { Channel } from "./channel.ts";
import { mailRoutes } from "./mail-routes.ts";
import { mailboxChannel } from "./mailbox-client.ts";
import { notificationApiChannel } from "./notification-api-client.ts";
import { smtpChannel } from "./smtp-client.ts";

const clock = { now: () => noon };
const publicAddress = { url: () => "https://tea.example", listensAt() {} };
const firstTry: JobRun = { tries: 1, lastTry: false, signal: new AbortController().signal };
const lastTry: JobRun = { ...firstTry, tries: 20, lastTry: true };

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});

function jobOf(channel: Channel, secret = authSecret) {
  return tellAccountJob({ db: database.db, clock, channel, publicAddress, authSecret: secret });
}

function payload(recipient = "ann@example.com") {
  const letter = {
    kind: "account_reset",
    recipient,
    name: "Ann",
    locale: "en",
    path: "/account/reset#token=t0ken",
    inviter: "",
    subject: "",
  } as const;
  return sealLetter(uuidV7(noon), letter, authSecret);
}

async function messageOf({ id }: { id: string }) {
  const [row] = await ask<{ state: string; tries: number; failure: string | null }>(
    database.db,
    "select state, tries, failure from notifications.account_messages where message_id = $1",
    [id],
  );
  return row;
}

describe("telling somebody about an account", () => {
  test("puts one mail into the embedded mailbox, however often the job runs", async () => {
    const told = payload();
    const job = jobOf(mailboxChannel(database.db, clock, { from }));
    await Promise.all([job.run(told, firstTry), job.run(told, firstTry)]);
    await job.run(told, lastTry);
    const mails = await ask<{ recipient: string; textBody: string }>(
      database.db,
      'select recipient, text_body as "textBody" from notifications.mails where message_id like $1',
      [`${told.id}.%`],
    );
    assert.equal(mails.length, 1);
    assert.ok(mails[0]?.textBody.includes("https://tea.example/account/reset#token=t0ken"));
    assert.deepEqual(await messageOf(told), { state: "sent", tries: 1, failure: null });
  });

  test("keeps address and link out of the job's payload and of what is kept of the message", async () => {
    const told = payload("hidden@example.com");
    assert.ok(!/hidden|t0ken/.test(JSON.stringify(told)));
    await jobOf(mailboxChannel(database.db, clock, { from })).run(told, firstTry);
    const kept = await ask<{ kept: string }>(
      database.db,
      "select row_to_json(m)::text as kept from notifications.account_messages m",
    );
    assert.ok(kept.every((row) => !/hidden|t0ken/.test(row.kept)));
  });

  test("sends by SMTP, once", async () => {
    const server = await startSmtpServer();
    const channel = smtpChannel({ url: server.url, from });
    const told = payload();
    await jobOf(channel).run(told, firstTry);
    await jobOf(channel).run(told, firstTry);
    await channel.close();
    await server.close();
    assert.equal(server.taken.length, 1);
    assert.deepEqual(await messageOf(told), { state: "sent", tries: 1, failure: null });
  });

  test("hands the words to a notification service, under the message's own key, until it takes them", async () => {
    const server = await startNotificationServer();
    const channel = notificationApiChannel({ url: server.url, from });
    const told = payload();
    server.fault = "crash";
    await assert.rejects(jobOf(channel).run(told, firstTry), /tried again/);
    server.fault = "none";
    await jobOf(channel).run(told, firstTry);
    await server.close();
    const [taken] = server.taken;
    assert.equal(taken?.body.template, "ACCOUNT_RESET");
    assert.equal(taken?.body.link, "https://tea.example/account/reset#token=t0ken");
    assert.equal(taken?.key, `${told.id}.account_reset@tea.example`);
    assert.deepEqual(await messageOf(told), { state: "sent", tries: 2, failure: null });
  });

  test("gives up after the last try, and says why", async () => {
    const server = await startNotificationServer();
    const channel = notificationApiChannel({ url: server.url, from });
    const told = payload();
    server.fault = "crash";
    await jobOf(channel).run(told, lastTry);
    await server.close();
    assert.deepEqual(await messageOf(told), { state: "failed", tries: 1, failure: "OUTCOME_UNKNOWN" });
    await jobOf(channel).run(told, firstTry);
    assert.equal(server.taken.length, 0);
  });

  test("fails aloud when the letter was sealed with another secret", async () => {
    const job = jobOf(mailboxChannel(database.db, clock, { from }), "another secret");
    await assert.rejects(job.run(payload(), firstTry), /another AUTH_SECRET/);
  });

  test("accepts its own payloads and no others", () => {
    const { accepts } = jobOf(mailboxChannel(database.db, clock, { from }));
    assert.ok(accepts?.(payload()));
    for (const wrong of [
      null,
      {},
      { ...payload(), kind: "order_shipped" },
      { ...payload(), id: "x" },
      { orderId: "7" },
    ]) {
      assert.ok(!accepts?.(wrong), JSON.stringify(wrong));
    }
  });
});

describe("mails about accounts in the mailbox", () => {
  test("are listed for those who may see mails, and read by those alone who may do everything", async () => {
    const told = payload("listed@example.com");
    await jobOf(mailboxChannel(database.db, clock, { from })).run(told, firstTry);
    const { app } = await testServer((made) => void made.register(mailRoutes(database.db)), {
      authenticate: async ({ authorization }) => ({
        id: "k",
        name: "k",
        scopes: [authorization === "all" ? "full" : "mails:read"],
      }),
    });
    const listed = await app.inject({
      url: "/api/v2/mails?recipient=listed@example.com",
      headers: { authorization: "some" },
    });
    const [head] = listed.json<{ data: { id: number; order_id: null; order_number: null; kind: string }[] }>().data;
    assert.deepEqual([head?.kind, head?.order_id, head?.order_number], ["account_reset", null, null]);
    assert.ok(!listed.body.includes("t0ken"));
    const url = `/api/v2/mails/${head?.id}`;
    const refused = await app.inject({ url, headers: { authorization: "some" } });
    assert.equal(refused.statusCode, 403);
    assert.ok(!refused.body.includes("t0ken"));
    assert.ok((await app.inject({ url, headers: { authorization: "all" } })).body.includes("t0ken"));
  });
});
