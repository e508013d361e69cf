import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { type DatabaseProxy, openProxy } from "../support/database-proxy.ts";
import { eventually } from "../support/eventually.ts";
import { insist, orderIdOf, ordersPath, orderWish } from "../support/insist.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";
import { tellServer } from "../support/signed-webhook.ts";

const fetching = "that fetches its job";

/** A statement of each transaction that an order passes on its way to the letter and the feed. */
const onTheWay = {
  "that places the order": /^orders\.insert_orders\b/,
  "that charges it in the sandbox": /^payments\.insert_sandbox_payments\b/,
  "that settles the payment": /^orders\.update_orders\b/,
  [fetching]: /_private_jobs/,
  "that writes its letter": /^notifications\.insert_mails\b/,
  "that completes its job": /complete_jobs?\b|delete from .*_private_jobs/s,
  "that numbers its events": /^events\.number_appended\b/,
  "that renews a lease": /^platform\.upsert_lease\b/,
  "that renews the worker": /^platform\.extend_process\b/,
};

/** The same of a cancellation, until the money is back. */
const onTheWayBack = {
  "that cancels the order": /^payments\.insert_refunds\b/,
  "that pays it back in the sandbox": /^payments\.insert_sandbox_refund\b/,
  "that records the refund": /^payments\.update_refunds\b/,
};

/** The same of news of a payment that our own call heard nothing of. */
const onTheWayIn = {
  "that stores a webhook": /^payments\.insert_webhooks\b/,
  "that works on a webhook": /^payments\.end_waiting_webhooks\b/,
};

/** A server that reaches its database through a proxy, for all tests of a suite. */
function givenBroken(): { site(): Site; proxy(): DatabaseProxy; server(): ServingProcess } {
  let given: { site: Site; proxy: DatabaseProxy; server: ServingProcess };
  before(async () => {
    const site = await givenSite();
    const proxy = await openProxy(site.url);
    given = { site, proxy, server: await startServing({ ...site, url: proxy.url }) };
  });
  after(() => given.server.kill());
  return { site: () => given.site, proxy: () => given.proxy, server: () => given.server };
}

/** Places an order, and once it is acknowledged has it shown again. */
async function place(server: ServingProcess, key: string): Promise<bigint> {
  const wish = orderWish(key);
  const answer = await insist(wish, () => server);
  const again = await insist(wish, () => server);
  assert.equal(again.text, answer.text);
  assert.ok(again.replayed);
  return orderIdOf(answer);
}

describe("a COMMIT that is carried out and whose answer is lost (D04)", { concurrency: 2 }, () => {
  describe("on the way of an order", { concurrency: 1 }, () => {
    const { site, proxy, server } = givenBroken();

    for (const [turn, [which, statement]] of Object.entries(onTheWay).entries()) {
      test(`has its effect once: the one ${which}`, async () => {
        const lost = proxy().loseAnswer(statement, { withRows: which === fetching });
        const orderId = await place(server(), `lost-${turn}`);
        await lost;
        await untilDrained(site().db);
        const books = await readBooks(site().db);
        assert.equal(books.length, turn + 1);
        assert.equal(books.at(-1)?.orderId, orderId);
        for (const one of books) assertPaidOnce(one);
        await assertVerified(site().url);
      });
    }
  });

  describe("on the way back", { concurrency: 1 }, () => {
    const { site, proxy, server } = givenBroken();

    for (const [turn, [which, statement]] of Object.entries(onTheWayBack).entries()) {
      test(`has its effect once: the one ${which}`, async () => {
        const orderId = await place(server(), `lost-${turn}`);
        const lost = proxy().loseAnswer(statement);
        const path = `${ordersPath}${orderId}`;
        const cancel = { method: "DELETE", path, key: `back-${turn}`, status: 200 } as const;
        const answer = await insist(cancel, () => server());
        assert.equal((await insist(cancel, () => server())).text, answer.text);
        await lost;
        await untilDrained(site().db);
        const books = await ask(
          site().db,
          `select status, captured_minor, refunded_minor, refunding_minor,
                  (select count(*) from payments.sandbox_refunds as s where s.order_id = o.order_id) as refunds,
                  (select count(*) from payments.money_entries as e
                    where e.order_id = o.order_id and kind = 'refund') as entries,
                  (select count(*) from notifications.mails as m
                    where m.order_id = o.order_id and kind = 'order_cancelled') as mails
             from orders.orders as o
            where order_id = $1`,
          [orderId],
        );
        const money = { capturedMinor: 30n, refundedMinor: 30n, refundingMinor: 0n };
        assert.deepEqual(books, [{ status: "cancelled", ...money, refunds: 1n, entries: 1n, mails: 1n }]);
        await assertVerified(site().url);
      });
    }
  });

  describe("on the way of news", { concurrency: 1 }, () => {
    const { site, proxy, server } = givenBroken();

    for (const [turn, [which, statement]] of Object.entries(onTheWayIn).entries()) {
      test(`has its effect once: the one ${which}`, async () => {
        const { body, ...wish } = orderWish(`news-${turn}`);
        const unheard = { ...(body as object), customer_email: `loses-reply@news-${turn}.example.com` };
        const orderId = orderIdOf(await insist({ ...wish, body: unheard }, () => server()));
        const [charged] = await ask<{ paymentId: string }>(
          site().db,
          "select payment_id from payments.sandbox_payments where order_id = $1",
          [orderId],
        );
        const { paymentId = "" } = charged ?? {};
        const money = { status: "succeeded", amount: "0.30", currency: "USD" } as const;
        const lost = proxy().loseAnswer(statement);
        await eventually("the news is taken", async () => {
          const told = await tellServer(server(), { orderId, paymentId, webhookId: `msg_${turn}`, ...money });
          return told.status === 200;
        });
        await lost;
        await untilDrained(site().db);
        const books = await readBooks(site().db);
        assert.equal(books.length, turn + 1);
        for (const one of books) assertPaidOnce(one);
        await assertVerified(site().url);
      });
    }
  });
});
