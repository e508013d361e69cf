import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { earlyMs, givenUnheard, type OpenInbox, openInbox } from "../../test/support/given-inbox.ts";
import { newOrder, noon, policy } from "../../test/support/given-orders.ts";
import type { ChargeAnswer, NewsKind } from "../payments/index.ts";
import { placeOrders } from "./place-orders.ts";
import { requestRefund } from "./request-refund.ts";
import { settleRefund } from "./settle-refund.ts";

const second = 1_000;
const hour = 3_600_000;

async function freshInbox(changed: Parameters<typeof openInbox>[1] = {}): Promise<OpenInbox> {
  const { db } = await testDatabase();
  return openInbox(db, changed);
}

/** How the webhooks stand, in the order in which they came. */
function inboxOf({ db }: OpenInbox) {
  return ask<{ state: string; outcome: string | null; tries: number }>(
    db,
    "select state, outcome, tries from payments.webhook_inbox order by length(event_id), event_id",
  );
}

async function statusOf({ db }: OpenInbox, orderId: bigint): Promise<unknown> {
  return (await ask(db, "select status from orders.orders where order_id = $1", [orderId]))[0]?.status;
}

/** Money in suspense, with the task in which it is decided on. */
function suspenseOf({ db }: OpenInbox) {
  return ask(
    db,
    `select reference, suspense.kind, amount_minor, currency, suspense.order_id, tasks.kind as task
       from payments.suspense join tasks.tasks on tasks.cause = task_cause
      order by reference`,
  );
}

const worked = (outcome: string, tries = 0) => ({ state: "worked", outcome, tries });
const parked = (outcome: string, tries = 0) => ({ state: "parked", outcome, tries });
const waits = (tries: number) => ({ state: "received", outcome: null, tries });

describe("openWebhookWork", () => {
  test("pays an order by a webhook that came before our own answer, and takes others for old news", async () => {
    const inbox = await freshInbox();
    const { orderId, paymentId } = await givenUnheard(inbox);
    for (let turn = 0; turn < 3; turn += 1) await inbox.tell(orderId, { news: "succeeded", paymentId });
    await inbox.workDue();
    assert.deepEqual((await inboxOf(inbox)).map(({ outcome }) => outcome).sort(), ["duplicate", "duplicate", "paid"]);
    assert.equal(await statusOf(inbox, orderId), "paid");
  });

  test("waits for an order that is not there yet", async () => {
    const inbox = await freshInbox();
    const orderId = 77_000n;
    await inbox.tell(orderId, { news: "succeeded", paymentId: "pay-77" });
    await inbox.workDue();
    assert.deepEqual(await inboxOf(inbox), [waits(1)]);
    assert.deepEqual(await inbox.due(), []);

    const [placement] = await inbox.db.transaction((tx) => placeOrders(tx, [newOrder(orderId)], policy, noon));
    assert.equal(placement?.outcome, "placed");
    const charged = { outcome: "paid", reference: "pay-77", amountMinor: 300n, currency: "USD" } as const;
    inbox.counter.gateway.findCharge = async () => charged;
    inbox.moveClock(second);
    await inbox.workDue();
    assert.deepEqual(await inboxOf(inbox), [worked("paid", 1)]);
    assert.equal(await statusOf(inbox, orderId), "paid");
  });

  test("waits for an attempt that is not committed yet", async () => {
    const inbox = await freshInbox();
    const { orderId, paymentId } = await givenUnheard(inbox);
    const declined = { outcome: "failed", failure: "card_declined", reference: paymentId } as const;
    inbox.counter.gateway.findCharge = async () => declined;
    await inbox.tell(orderId, { news: "failed", paymentId });
    await inbox.workDue();
    assert.equal(await statusOf(inbox, orderId), "pending");

    await inbox.db.transaction(async (tx) => {
      await ask(
        tx,
        `insert into payments.payment_attempts
           (order_id, attempt, key, gateway, state, amount_minor, currency, check_at, created_at, updated_at)
         values ($1, 2, 'second', 'sandbox', 'processing', 300, 'USD', now(), now(), now())`,
        [orderId],
      );
      await inbox.tell(orderId, { news: "succeeded", paymentId: "pay-second" });
      await inbox.workDue();
      assert.deepEqual((await inboxOf(inbox))[1], waits(1));
    });
    inbox.counter.gateway.findCharge = async ({ attempt }) =>
      attempt === 2 ? { outcome: "paid", reference: "pay-second", amountMinor: 300n, currency: "USD" } : declined;
    inbox.moveClock(second);
    await inbox.workDue();
    assert.deepEqual((await inboxOf(inbox))[1], worked("paid", 1));
    assert.equal(await statusOf(inbox, orderId), "paid");
  });

  test("gives up after its time, keeps the money in suspense and asks a person once", async () => {
    const inbox = await freshInbox();
    const { orderId } = await givenUnheard(inbox);
    await inbox.tell(orderId, { news: "succeeded", paymentId: "pay-odd", amountMinor: 5n });
    await inbox.tell(88_000n, { news: "succeeded", paymentId: "pay-lost" });
    await inbox.tell(88_000n, { news: "succeeded", paymentId: "pay-lost" });
    await inbox.tell(88_000n, { news: "refunded", paymentId: "pay-odd", refundId: "re-odd" });
    await inbox.tell(orderId, { news: "failed", paymentId: "pay-odd" });
    await inbox.workDue();
    inbox.moveClock(earlyMs - 1);
    await inbox.workDue();
    assert.deepEqual(await inboxOf(inbox), Array(5).fill(waits(2)));

    inbox.moveClock(hour);
    await inbox.workDue();
    const [early, none] = [parked("early", 2), parked("no_order", 2)];
    assert.deepEqual(await inboxOf(inbox), [early, none, none, none, early]);
    const money = { kind: "capture", currency: "USD", task: "payment_unexpected" };
    assert.deepEqual(await suspenseOf(inbox), [
      { ...money, reference: "pay-lost", amountMinor: 300n, orderId: null },
      { ...money, reference: "pay-odd", amountMinor: 5n, orderId },
      { ...money, reference: "re-odd", kind: "refund", amountMinor: 300n, orderId: null },
    ]);
    assert.equal((await ask(inbox.db, "select from tasks.tasks")).length, 4);
    assert.equal(await statusOf(inbox, orderId), "payment_processing");
  });

  test("parks at once what names no order that can be", async () => {
    const inbox = await freshInbox();
    await inbox.tell("ORD-?", { news: "succeeded", paymentId: "pay-1" });
    await inbox.workDue();
    assert.deepEqual(await inboxOf(inbox), [parked("misnamed")]);
    const [held] = await suspenseOf(inbox);
    assert.equal(held?.reference, "pay-1");
  });

  test("parks at once the payment of another order", async () => {
    const inbox = await freshInbox();
    const [mine, others] = [await givenUnheard(inbox), await givenUnheard(inbox)];
    await inbox.tell(others.orderId, { news: "succeeded", paymentId: others.paymentId });
    await inbox.workDue();
    await inbox.tell(mine.orderId, { news: "succeeded", paymentId: others.paymentId });
    await inbox.workDue();
    assert.deepEqual(await inboxOf(inbox), [worked("paid"), parked("elsewhere")]);
    assert.equal(await statusOf(inbox, mine.orderId), "payment_processing");
  });

  for (const [what, wrong] of [
    ["amount", { amountMinor: 301n }],
    ["currency", { currency: "EUR" }],
  ] as const) {
    test(`marks nothing paid when the ${what} is wrong, and keeps what was told in suspense`, async () => {
      const inbox = await freshInbox();
      const { orderId, paymentId } = await givenUnheard(inbox);
      await inbox.tell(orderId, { news: "succeeded", paymentId, ...wrong });
      await inbox.workDue();
      assert.deepEqual(await inboxOf(inbox), [worked("mismatched")]);
      assert.equal(await statusOf(inbox, orderId), "payment_processing");
      const told = { amountMinor: 300n, currency: "USD", ...wrong };
      const task = "payment_mismatch";
      assert.deepEqual(await suspenseOf(inbox), [{ reference: paymentId, kind: "capture", ...told, orderId, task }]);
    });
  }

  test("waits for days while the gateway cannot be asked, and settles when it can", async () => {
    const away: ChargeAnswer = { outcome: "unknown", reason: "away" };
    let isAway = true;
    const inbox = await freshInbox();
    const { findCharge } = inbox.counter.gateway;
    inbox.counter.gateway.findCharge = async (request) => (isAway ? away : findCharge(request));
    const { orderId, paymentId } = await givenUnheard(inbox);
    await inbox.tell(orderId, { news: "succeeded", paymentId });
    for (let hours = 0; hours < 6; hours += 1) {
      await inbox.workDue();
      inbox.moveClock(hour);
    }
    assert.deepEqual(await inboxOf(inbox), [waits(6)]);
    isAway = false;
    await inbox.workDue();
    assert.deepEqual(await inboxOf(inbox), [worked("paid", 6)]);
  });

  test("waits as long with what follows on a payment that nobody can ask about", async () => {
    let isAway = true;
    const inbox = await freshInbox();
    const { findCharge } = inbox.counter.gateway;
    const away: ChargeAnswer = { outcome: "unknown", reason: "away" };
    inbox.counter.gateway.findCharge = async (request) => (isAway ? away : findCharge(request));
    const { orderId, paymentId } = await givenUnheard(inbox);
    await inbox.tell(orderId, { news: "charged_back", paymentId, refundId: "cb" });
    await inbox.tell(orderId, { news: "refunded", paymentId, refundId: "re" });
    await inbox.tell(orderId, { news: "succeeded", paymentId });
    for (let hours = 0; hours < 6; hours += 1) {
      await inbox.workDue();
      inbox.moveClock(hour);
    }
    isAway = false;
    for (let turn = 0; turn < 2; turn += 1) {
      await inbox.workDue();
      inbox.moveClock(hour);
    }
    assert.deepEqual(
      (await inboxOf(inbox)).map(({ outcome }) => outcome),
      ["recorded", "recorded", "paid"],
    );
  });

  test("waits as long with news of a refund that is still being asked for", async () => {
    const inbox = await freshInbox();
    const { orderId, paymentId } = await givenUnheard(inbox);
    await inbox.tell(orderId, { news: "succeeded", paymentId });
    await inbox.workDue();
    const wanted = { orderId, amountMinor: 300n, reason: "broken" };
    await inbox.db.transaction((tx) => requestRefund(tx, wanted, policy, noon));
    await inbox.tell(orderId, { news: "refund_failed", paymentId, refundId: "re" });
    for (let hours = 0; hours < 6; hours += 1) {
      await inbox.workDue();
      inbox.moveClock(hour);
    }
    const by = { actor: "gateway", cause: "answer to refund 1" };
    const result = { orderId, refund: 1, answer: { outcome: "refunded", reference: "re" }, by } as const;
    await inbox.db.transaction((tx) => settleRefund(tx, result, policy, noon));
    await inbox.workDue();
    assert.equal((await inboxOf(inbox))[1]?.outcome, "recorded");
  });

  test("lets processes that work on the same webhook at once do it once", async () => {
    const inbox = await freshInbox();
    const { orderId, paymentId } = await givenUnheard(inbox);
    await inbox.tell(orderId, { news: "succeeded", paymentId });
    await inbox.tell(99_000n, { news: "succeeded", paymentId: "pay-none" });
    const keys = await inbox.due();
    const works = Array.from({ length: 4 }, () => inbox.openWork());
    await Promise.all(works.flatMap((work) => keys.map(work)));
    const [mine, none] = await inboxOf(inbox);
    assert.equal(mine?.state, "worked");
    assert.deepEqual(none, waits(1));
    const [books] = await ask(
      inbox.db,
      `select (select count(*) from payments.money_entries) as entries,
              (select count(*) from graphile_worker._private_jobs where payload ->> 'eventId' is not null) as jobs`,
    );
    // The two that came with the webhooks, and one for the next try.
    assert.deepEqual(books, { entries: 1n, jobs: 3n });

    inbox.moveClock(hour);
    const late = await inbox.due();
    await Promise.all(works.flatMap((work) => late.map(work)));
    assert.equal((await suspenseOf(inbox)).length, 1);
    await Promise.all(works.map((work) => work(late[0] as (typeof late)[number])));
    assert.deepEqual((await inboxOf(inbox))[1], parked("no_order", 1));
  });
});

/** All that a payment service can tell of one payment that was taken, given back, came back, and was taken by the bank. */
const story: readonly NewsKind[] = ["succeeded", "failed", "refunded", "refund_failed", "charged_back"];
const names: Partial<Record<NewsKind, string>> = { refunded: "re", refund_failed: "re", charged_back: "cb" };

/** Tells of a payment in this order, with work in between or not, and works until nothing waits. */
async function hearAll(inbox: OpenInbox, arrivals: NewsKind[], worksAfter: boolean[]): Promise<bigint> {
  const { orderId, paymentId } = await givenUnheard(inbox);
  for (const [index, news] of arrivals.entries()) {
    const refundId = news in names ? `${names[news]}-${orderId}` : null;
    await inbox.tell(orderId, { news, paymentId, refundId });
    if (worksAfter[index]) await inbox.workDue();
  }
  // More than all tries within the time in which news may be early.
  for (let turn = 0; turn < 12; turn += 1) {
    await inbox.workDue();
    inbox.moveClock(earlyMs / 20);
  }
  return orderId;
}

describe("news in any order", () => {
  test("ends in the same books", async () => {
    const inbox = await freshInbox();
    const permutation = fc.shuffledSubarray([...story], { minLength: story.length, maxLength: story.length });
    const pauses = fc.array(fc.boolean(), { minLength: story.length, maxLength: story.length });
    const ends = new Map<string, string>();
    await fc.assert(
      fc.asyncProperty(permutation, pauses, async (arrivals, worksAfter) => {
        const orderId = await hearAll(inbox, arrivals, worksAfter);
        ends.set(await booksOf(inbox, orderId), arrivals.join(", "));
      }),
      { numRuns: 60 },
    );
    assert.deepEqual([...ends.keys()], [lasting], [...ends].map((end) => end.join(" after ")).join("\n"));
  });
});

const lasting = JSON.stringify({
  status: "paid",
  captured: 300,
  refunding: 0,
  refunded: 0,
  charged_back: 300,
  ledger: ["capture", "chargeback", "refund", "refund_failed"],
  tasks: ["chargeback", "refund_failed"],
  inbox: ["worked"],
});

async function booksOf({ db }: OpenInbox, orderId: bigint): Promise<string> {
  const [row] = await ask<{ books: object }>(
    db,
    `select json_build_object(
              'status', status, 'captured', captured_minor, 'refunding', refunding_minor, 'refunded', refunded_minor,
              'charged_back', charged_back_minor,
              'ledger', array(select kind from payments.money_entries as e where e.order_id = o.order_id order by kind),
              'tasks', array(select kind from tasks.tasks as t where t.order_id = o.order_id order by kind),
              'inbox', array(select distinct state from payments.webhook_inbox where named_order = o.order_id::text)
            ) as books
       from orders.orders as o
      where order_id = $1`,
    [orderId],
  );
  return JSON.stringify(row?.books);
}
