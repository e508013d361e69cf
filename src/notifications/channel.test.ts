import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { startNotificationServer } from "../../test/fakes/notification-server.ts";
import { startSmtpServer } from "../../test/fakes/smtp-server.ts";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { from, givenLetter } from "../../test/support/given-letters.ts";
import { noon } from "../../test/support/given-orders.ts";
import type { Channel } from "./channel.ts";
import type { Letter } from "./letter.ts";
import { mailboxChannel } from "./mailbox-client.ts";
import { notificationApiChannel } from "./notification-api-client.ts";
import { smtpChannel } from "./smtp-client.ts";

const patientMs = 10_000; // Nothing but a failing test waits so long.
const impatientMs = 300; // A server that is slow on purpose is given up after this.

type Trouble = "refuse" | "later" | "slow" | "drop_reply";

/** A channel, and what is seen of it on the other side. */
interface Subject {
  channel: Channel;
  /** Message ids and recipients that the other side took. */
  taken(): Promise<[messageId: string, recipient: string][]>;
  trouble?: (fault: Trouble | "none") => void;
  close(): Promise<unknown>;
}

async function overSmtp(silenceMs = patientMs): Promise<Subject> {
  const server = await startSmtpServer();
  const channel = smtpChannel({ url: server.url, from, silenceMs });
  return {
    channel,
    taken: async () => server.taken.map((mail) => [mail.messageId, mail.recipients.join()]),
    trouble: (fault) => {
      server.fault = fault;
    },
    close: () => Promise.all([channel.close(), server.close()]),
  };
}

async function overHttp(timeoutMs = patientMs): Promise<Subject> {
  const server = await startNotificationServer();
  const channel = notificationApiChannel({ url: server.url, from, timeoutMs });
  return {
    channel,
    taken: async () => server.taken.map((email) => [email.key, String(email.body.to)]),
    trouble: (fault) => {
      server.fault = fault;
    },
    close: () => Promise.all([channel.close(), server.close()]),
  };
}

async function inMailbox(): Promise<Subject> {
  const database = await testDatabase();
  const channel = mailboxChannel(database.db, { now: () => noon }, { from });
  return {
    channel,
    async taken() {
      const rows = await ask<{ messageId: string; recipient: string }>(
        database.db,
        "select message_id, recipient from notifications.mails order by mail_id",
      );
      return rows.map((row) => [row.messageId, row.recipient]);
    },
    close: () => Promise.all([channel.close(), database.close()]),
  };
}

function seen(...letters: Letter[]): [string, string][] {
  return letters.map((letter) => [letter.messageId, letter.recipient]);
}

for (const [name, start] of [
  ["mailbox", inMailbox],
  ["smtp", overSmtp],
  ["http", overHttp],
] as const) {
  describe(`The channel ${name}`, async () => {
    const subject = await start();
    const { channel } = subject;
    after(() => subject.close());

    test("sends a letter to its recipient under its message id", async () => {
      const letter = givenLetter();
      assert.equal(channel.name, name);
      assert.deepEqual(await channel.send(letter), { outcome: "sent" });
      assert.deepEqual(await subject.taken(), seen(letter));
    });

    test("sends many letters at once, each to its own recipient", async () => {
      const before = (await subject.taken()).length;
      const letters = Array.from({ length: 40 }, (_, index) =>
        givenLetter({
          uid: `019ab111-0000-7000-8000-${String(index).padStart(12, "0")}`,
          customerEmail: `a${index}@b.example`,
        }),
      );
      const deliveries = await Promise.all(letters.map((letter) => channel.send(letter)));
      assert.ok(deliveries.every(({ outcome }) => outcome === "sent"));
      assert.deepEqual((await subject.taken()).slice(before).sort(), seen(...letters).sort());
    });
  });
}

for (const [name, start] of [
  ["smtp", overSmtp],
  ["http", overHttp],
] as const) {
  describe(`The channel ${name} in trouble`, () => {
    for (const [fault, outcome, taken] of [
      ["refuse", "failed", false],
      ["later", "not_sent", false],
      ["slow", "unknown", true],
      ["drop_reply", "unknown", true],
    ] as const) {
      test(`answers ${outcome} when the other side does ${fault}, and sends the same letter later`, async () => {
        const subject = await start(fault === "slow" ? impatientMs : patientMs);
        try {
          const letter = givenLetter({ kind: "order_shipped" });
          subject.trouble?.(fault);
          assert.equal((await subject.channel.send(letter)).outcome, outcome);
          const ledger = await subject.taken();
          assert.deepEqual(ledger, taken ? seen(letter) : []);
          subject.trouble?.("none");
          assert.deepEqual(await subject.channel.send(letter), { outcome: "sent" });
          for (const entry of await subject.taken()) assert.deepEqual([entry], seen(letter));
        } finally {
          await subject.close();
        }
      });
    }

    test("answers not_sent when nobody listens, and rests after some such answers", async () => {
      const subject = await start();
      await subject.close();
      const deliveries = [];
      for (let index = 0; index < 7; index += 1) deliveries.push(await subject.channel.send(givenLetter()));
      assert.deepEqual(new Set(deliveries.map(({ outcome }) => outcome)), new Set(["not_sent"]));
      const last = deliveries.at(-1);
      assert.ok(last?.outcome === "not_sent" && last.holdup === "channel");
      assert.match(last.reason, /rests/);
      await subject.channel.close();
    });
  });
}

describe("The notification service", () => {
  test("is told what DD-ORDER-001 names, with exact decimals", async () => {
    const server = await startNotificationServer();
    const channel = notificationApiChannel({ url: `${server.url}/`, from });
    await channel.send(
      givenLetter({
        kind: "order_cancelled",
        currency: "KWD",
        orderId: 9_007_199_254_740_993n,
        lines: [{ name: "茶", quantity: 3n, unitPriceMinor: 411n }],
      }),
    );
    assert.match(
      server.taken[0]?.raw ?? "",
      /"template":"ORDER_CANCELLED","to":"tanaka@example.co.jp","order_id":9007199254740993,/,
    );
    assert.match(
      server.taken[0]?.raw ?? "",
      /"total_amount":1.233,"items":\[{"product_name":"茶","quantity":3,"unit_price":0.411}\]/,
    );
    await server.close();
  });

  test("is asked again at once after an answer that changed nothing, never after one that is lost", async () => {
    const server = await startNotificationServer();
    const channel = notificationApiChannel({ url: server.url, from });
    server.fault = "later";
    await channel.send(givenLetter());
    assert.equal(server.calls, 3);
    server.fault = "crash";
    assert.equal((await channel.send(givenLetter())).outcome, "unknown");
    assert.equal(server.calls, 4);
    await server.close();
  });

  test("that knows us no more holds letters up and fails none", async () => {
    const server = await startNotificationServer();
    server.fault = "unauthorized";
    const channel = notificationApiChannel({ url: server.url, from });
    assert.equal((await channel.send(givenLetter())).outcome, "not_sent");
    await server.close();
  });
});

describe("A mail over SMTP", () => {
  test("has one recipient and no header of a name's making", async () => {
    const subject = await startSmtpServer();
    const channel = smtpChannel({ url: subject.url, from });
    await channel.send(givenLetter({ locale: "en", customerName: "Ann\r\nBcc: eve@example.com\r\n\r\nHi" }));
    const [mail] = subject.taken;
    assert.deepEqual(mail?.recipients, ["tanaka@example.co.jp"]);
    const head = mail?.raw.slice(0, mail.raw.indexOf("\r\n\r\n")) ?? "";
    assert.doesNotMatch(head, /bcc|eve/i);
    assert.match(head, /^From: "Tea & Co" <orders@tea.example>\r$/m);
    assert.match(head, /^To: tanaka@example.co.jp\r$/m);
    assert.match(head, /^Auto-Submitted: auto-generated\r$/m);
    assert.match(head, /^Content-Type: multipart\/alternative;/m);
    await channel.close();
    await subject.close();
  });

  for (const address of [
    "ann@example.com, eve@example.com",
    "ann@example.com\r\nBcc: eve@example.com",
    "Ann <ann@example.com>",
    "ann",
    "@example.com",
    "ann@example.com>",
  ]) {
    test(`is not sent to ${JSON.stringify(address)}`, async () => {
      const subject = await overSmtp();
      const { outcome } = await subject.channel.send(givenLetter({ customerEmail: address }));
      assert.equal(outcome, "failed");
      assert.deepEqual(await subject.taken(), []);
      await subject.close();
    });
  }

  test("that the server puts off does not make the channel rest", async () => {
    const subject = await overSmtp();
    subject.trouble?.("later");
    for (let index = 0; index < 7; index += 1) await subject.channel.send(givenLetter());
    subject.trouble?.("none");
    assert.deepEqual(await subject.channel.send(givenLetter()), { outcome: "sent" });
    await subject.close();
  });
});
