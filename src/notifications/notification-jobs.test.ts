import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startNotificationServer } from "../../test/fakes/notification-server.ts";
import { startSmtpServer } from "../../test/fakes/smtp-server.ts";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { from } from "../../test/support/given-letters.ts";
import { givenOrder, noon } from "../../test/support/given-orders.ts";
import type { LetterKind, OrderWithItems } from "../orders/index.ts";
import { armFailpoints } from "../platform/failpoints.ts";
import type { Job, JobRun } from "../platform/jobs.ts";
import type { Channel } from "./channel.ts";
import { mailboxChannel } from "./mailbox-client.ts";
import { notificationApiChannel } from "./notification-api-client.ts";
import { tellCustomerJob } from "./notification-jobs.ts";
import { smtpChannel } from "./smtp-client.ts";

const clock = { now: () => noon };
let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => armFailpoints(""));

type TellJob = Job<{ orderId: string; kind: LetterKind }>;

const firstTry: JobRun = { tries: 1, lastTry: false, signal: new AbortController().signal };
const lastTry: JobRun = { ...firstTry, tries: 20, lastTry: true };

function tell(
  job: TellJob,
  order: OrderWithItems,
  kind: LetterKind = "order_confirmation",
  run = firstTry,
): Promise<void> {
  return job.run({ orderId: order.orderId.toString(), kind }, run);
}

function placed(email = "ann@example.com"): Promise<OrderWithItems> {
  return database.db.transaction((tx) => givenOrder(tx, { email, status: "paid" }));
}

async function mailsOf({ orderId }: OrderWithItems): Promise<string[]> {
  const rows = await ask<{ kind: string; recipient: string }>(
    database.db,
    "select kind, recipient from notifications.mails where order_id = $1 order by mail_id",
    [orderId],
  );
  return rows.map(({ kind, recipient }) => `${kind} to ${recipient}`);
}

async function newsOf({ orderId }: OrderWithItems): Promise<[string, string][]> {
  const rows = await ask<{ type: string; kind: string }>(
    database.db,
    `select type, data->>'kind' as kind from events.events
      where stream_kind = 'order' and stream_id = $1 and type like 'Notification%' order by sequence`,
    [orderId],
  );
  return rows.map(({ type, kind }) => [type, kind]);
}

async function messagesOf({ orderId }: OrderWithItems) {
  return ask<{ kind: string; state: string; tries: number; failure: string | null }>(
    database.db,
    "select kind, state, tries, failure from notifications.messages where order_id = $1 order by kind",
    [orderId],
  );
}

describe("The job tell-customer by the embedded mailbox", () => {
  const job = () => tellCustomerJob(database.db, mailboxChannel(database.db, clock, { from }), clock);

  test("keeps one mail, marks it as sent and says so once, however often it runs", async () => {
    const order = await placed();
    const once = job();
    await tell(once, order);
    await tell(once, order);
    await tell(job(), order, "order_confirmation", lastTry);
    assert.deepEqual(await mailsOf(order), ["order_confirmation to ann@example.com"]);
    assert.deepEqual(await newsOf(order), [["NotificationSent", "order_confirmation"]]);
    assert.deepEqual(await messagesOf(order), [{ kind: "order_confirmation", state: "sent", tries: 1, failure: null }]);
  });

  test("keeps one mail when many processes run it at once", async () => {
    const order = await placed();
    const jobs = Array.from({ length: 8 }, job);
    await Promise.all([...jobs, ...jobs].map((one) => tell(one, order)));
    assert.equal((await mailsOf(order)).length, 1);
    assert.equal((await newsOf(order)).length, 1);
  });

  test("announces ids and no names or addresses, and gives the event the next number", async () => {
    const order = await placed("secret@example.com");
    await tell(job(), order);
    const [event] = await ask<{ data: object; sequence: number; lastSequence: number }>(
      database.db,
      `select data, sequence, last_sequence from events.events join orders.orders on order_id = stream_id
        where stream_kind = 'order' and stream_id = $1 and type = 'NotificationSent'`,
      [order.orderId],
    );
    assert.deepEqual(event?.data, {
      messageId: `${order.uid}.order_confirmation@tea.example`,
      orderId: order.uid,
      kind: "order_confirmation",
      channel: "mailbox",
      sentAt: noon.toISOString(),
    });
    assert.equal(event?.sequence, event?.lastSequence);
  });

  test("tells different kinds of one order, and many orders, together", async () => {
    const orders = await Promise.all(Array.from({ length: 30 }, (_, index) => placed(`a${index}@example.com`)));
    const together = job();
    const kinds = ["order_confirmation", "order_shipped", "order_cancelled"] as const;
    await Promise.all(orders.flatMap((order) => kinds.map((kind) => tell(together, order, kind))));
    for (const [index, order] of orders.entries()) {
      assert.deepEqual((await mailsOf(order)).sort(), kinds.map((kind) => `${kind} to a${index}@example.com`).sort());
      assert.equal((await newsOf(order)).length, kinds.length);
    }
  });

  test("tells nobody where there is no address, and does not fail", async () => {
    const order = await placed("");
    await tell(job(), order);
    assert.deepEqual(await messagesOf(order), []);
    assert.deepEqual(await newsOf(order), []);
  });

  test("fails for an order that is not there, an id that is none and a kind that is none, and not its neighbours", async () => {
    const order = await placed();
    const together = job();
    const runs = await Promise.allSettled([
      together.run({ orderId: "999999999999", kind: "order_confirmation" }, firstTry),
      together.run({ orderId: "12x", kind: "order_confirmation" }, firstTry),
      together.run({ orderId: order.orderId.toString(), kind: "order_lost" as LetterKind }, firstTry),
      tell(together, order),
    ]);
    assert.deepEqual(
      runs.map(({ status }) => status),
      ["rejected", "rejected", "rejected", "fulfilled"],
    );
    assert.deepEqual(await mailsOf(order), ["order_confirmation to ann@example.com"]);
  });

  test("leaves nothing behind when it fails between the mail and the commit, and is done by the next run", async () => {
    const order = await placed();
    armFailpoints("inside-telling:throw");
    await assert.rejects(tell(job(), order), /inside-telling/);
    armFailpoints("");
    assert.deepEqual([await mailsOf(order), await newsOf(order), await messagesOf(order)], [[], [], []]);
    await tell(job(), order);
    assert.equal((await mailsOf(order)).length, 1);
  });

  test("keeps what is written about an order in step while the order changes at the same time", async () => {
    const order = await placed();
    const kinds = ["order_confirmation", "order_shipped", "order_cancelled"] as const;
    await Promise.all(kinds.map((kind) => tell(job(), order, kind)));
    const [gaps] = await ask<{ events: bigint; lastSequence: number }>(
      database.db,
      `select count(*) as events, max(last_sequence) as last_sequence from events.events
         join orders.orders on order_id = stream_id where stream_kind = 'order' and stream_id = $1`,
      [order.orderId],
    );
    assert.equal(Number(gaps?.events), gaps?.lastSequence);
  });
});

/** The same cases over a real connection, whose other side keeps a ledger. */
interface Outside {
  channel: Channel;
  trouble(fault: "none" | "refuse" | "drop_reply" | "later"): void;
  taken(order: OrderWithItems): string[];
  recipients(): string[];
  close(): Promise<unknown>;
}

async function overSmtp(): Promise<Outside> {
  const server = await startSmtpServer();
  const channel = smtpChannel({ url: server.url, from });
  return {
    channel,
    trouble: (fault) => {
      server.fault = fault;
    },
    recipients: () => server.taken.flatMap((mail) => mail.recipients),
    taken: ({ uid }) => server.taken.filter((mail) => mail.messageId.startsWith(uid)).map((mail) => mail.messageId),
    close: () => Promise.all([channel.close(), server.close()]),
  };
}

async function overHttp(): Promise<Outside> {
  const server = await startNotificationServer();
  const channel = notificationApiChannel({ url: server.url, from });
  return {
    channel,
    trouble: (fault) => {
      server.fault = fault;
    },
    recipients: () => server.taken.map((email) => String(email.body.to)),
    taken: ({ uid }) => server.taken.filter((email) => email.key.startsWith(uid)).map((email) => email.key),
    close: () => Promise.all([channel.close(), server.close()]),
  };
}

for (const [name, start, afterLostReply] of [
  ["smtp", overSmtp, 2],
  ["http", overHttp, 1],
] as const) {
  describe(`The job tell-customer by ${name}`, () => {
    let outside: Outside;
    let job: TellJob;
    before(async () => {
      outside = await start();
      job = tellCustomerJob(database.db, outside.channel, clock);
    });
    after(() => outside.close());

    test("sends once, marks it and says so, also when it runs twice, and twice at once", async () => {
      const order = await placed();
      await Promise.all([tell(job, order), tell(job, order), tell(job, order)]);
      await tell(job, order);
      assert.deepEqual(outside.taken(order), [`${order.uid}.order_confirmation@tea.example`]);
      assert.deepEqual(await newsOf(order), [["NotificationSent", "order_confirmation"]]);
      assert.deepEqual(await messagesOf(order), [
        { kind: "order_confirmation", state: "sent", tries: 1, failure: null },
      ]);
    });

    test("gives up what is refused, says so without an address, and leaves the order as it was", async () => {
      const order = await placed();
      outside.trouble("refuse");
      await tell(job, order);
      outside.trouble("none");
      await tell(job, order);
      assert.deepEqual(outside.taken(order), []);
      assert.deepEqual(await newsOf(order), [["NotificationFailed", "order_confirmation"]]);
      const [message] = await messagesOf(order);
      assert.equal(message?.state, "failed");
      const [event] = await ask<{ data: string; status: string }>(
        database.db,
        `select data::text as data, status from events.events join orders.orders on order_id = stream_id
          where stream_kind = 'order' and stream_id = $1 and type = 'NotificationFailed'`,
        [order.orderId],
      );
      assert.equal(event?.status, "paid");
      assert.match(event?.data ?? "", /"reason":"REFUSED"/);
      assert.doesNotMatch(event?.data ?? "", /ann@/);
    });

    test("fails while the other side takes nothing, and is done by a later run", async () => {
      const order = await placed();
      outside.trouble("later");
      await assert.rejects(tell(job, order), /tried again/);
      assert.deepEqual(
        (await messagesOf(order)).map(({ state }) => state),
        ["queued"],
      );
      outside.trouble("none");
      await tell(job, order);
      assert.equal(outside.taken(order).length, 1);
      const expected = [{ kind: "order_confirmation", state: "sent", tries: 2, failure: null }];
      assert.deepEqual(await messagesOf(order), expected);
    });

    test("gives up with the last try, and says so once", async () => {
      const order = await placed();
      outside.trouble("later");
      await tell(job, order, "order_confirmation", lastTry);
      await tell(job, order, "order_confirmation", lastTry);
      outside.trouble("none");
      assert.deepEqual(await newsOf(order), [["NotificationFailed", "order_confirmation"]]);
    });

    test("sends again under the same id when the reply was lost", async () => {
      const order = await placed();
      outside.trouble("drop_reply");
      await assert.rejects(tell(job, order), /tried again/);
      outside.trouble("none");
      await tell(job, order);
      const messageId = `${order.uid}.order_confirmation@tea.example`;
      assert.deepEqual(
        outside.taken(order),
        Array.from({ length: afterLostReply }, () => messageId),
      );
      assert.deepEqual(await newsOf(order), [["NotificationSent", "order_confirmation"]]);
    });

    test("keeps the recipient of the first try when the order's address changes in between", async () => {
      const order = await placed("first@example.com");
      outside.trouble("later");
      await assert.rejects(tell(job, order));
      await ask(database.db, "update orders.orders set customer_email = 'other@example.com' where order_id = $1", [
        order.orderId,
      ]);
      outside.trouble("none");
      await tell(job, order);
      assert.equal(outside.recipients().at(-1), "first@example.com");
    });

    test("sends nothing for an order without an address", async () => {
      const order = await placed("");
      await tell(job, order);
      assert.deepEqual(await messagesOf(order), []);
    });

    test("sends nothing when the worker was taken for dead before it came to send", async () => {
      const order = await placed();
      await assert.rejects(tell(job, order, "order_confirmation", { ...firstTry, signal: AbortSignal.abort() }));
      assert.deepEqual(outside.taken(order), []);
      await tell(job, order);
      assert.equal(outside.taken(order).length, 1);
    });

    test("sends again under the same id when the process stops between the letter and the mark", async () => {
      const order = await placed();
      armFailpoints("after-letter:throw");
      await assert.rejects(tell(job, order), /after-letter/);
      armFailpoints("");
      await tell(job, order);
      await eventually("the letter is marked", async () => (await messagesOf(order))[0]?.state === "sent");
      assert.equal(new Set(outside.taken(order)).size, 1);
      assert.equal((await newsOf(order)).length, 1);
    });
  });
}
