import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, type Site, startServing } from "../support/serve.ts";
import { type Told, tellServer } from "../support/signed-webhook.ts";

const path = "/api/v1/orders/";
const body = {
  customer_email: "loses-reply@example.com",
  customer_name: "Ann",
  items: [{ product_name: "Tea", quantity: 3, unit_price: 0.1 }],
  currency: "USD",
};

/** The points that a webhook passes, and whether it is stored before them: then nobody has to send it again. */
const points = {
  "inside-webhook-received": false,
  "after-webhook-received": true,
  "before-webhook-work": true,
  "after-webhook-work": true,
} as const;

/** Nobody asks the gateway for the next hour: what is heard is what these tests tell. */
const settings = { PAYMENT_CHECK_MS: "3600000" };

function paidNews({ orderId, paymentId }: { orderId: bigint; paymentId: string }): Told {
  return { orderId, paymentId, webhookId: "msg_1", status: "succeeded", amount: "0.30", currency: "USD" };
}

async function chargeOf(site: Site): Promise<{ orderId: bigint; paymentId: string }> {
  const charges = await ask<{ orderId: bigint; paymentId: string }>(
    site.db,
    "select order_id, payment_id from payments.sandbox_payments",
  );
  assert.ok(charges[0]);
  return charges[0];
}

async function inboxStates(site: Site): Promise<string[]> {
  const rows = await ask<{ state: string }>(site.db, "select state from payments.webhook_inbox order by event_id");
  return rows.map(({ state }) => state);
}

describe("a process that is killed between a webhook's first byte and its work", { concurrency: 2 }, () => {
  test("passes every point that we know of", async () => {
    const site = await givenSite();
    const server = await startServing(site, { ...settings, TRACE: "1" });
    await server.send("POST", path, { body });
    await tellServer(server, paidNews(await chargeOf(site)));
    await untilDrained(site.db);
    await server.kill();
    const passed = new Set(server.passed.filter((name) => name.includes("webhook")));
    assert.deepEqual([...passed].sort(), Object.keys(points).sort());
  });

  for (const [point, stored] of Object.entries(points)) {
    test(`loses and doubles nothing when it dies at ${point}`, async () => {
      const site = await givenSite();
      const victim = await startServing(site, { ...settings, FAILPOINTS: `${point}:kill` });
      await victim.send("POST", path, { body });
      const news = paidNews(await chargeOf(site));
      await tellServer(victim, news).catch(() => undefined);
      await victim.killed();
      assert.deepEqual(await inboxStates(site), stored ? ["received"] : []);

      const heir = await startServing(site, settings);
      const worked = () => eventually("it is worked on", async () => (await inboxStates(site))[0] === "worked");
      if (stored) await worked();
      // Whoever got no answer sends it again.
      const again = await tellServer(heir, news);
      assert.equal(again.text, JSON.stringify({ outcome: stored ? "duplicate" : "received" }));
      await worked();
      await untilDrained(site.db);
      for (const books of await readBooks(site.db)) assertPaidOnce(books);
      await assertVerified(site.url);
      await heir.kill();
      await site.close();
    });
  }

  test("records a chargeback once when it dies after it, before the webhook is ended", async () => {
    const site = await givenSite();
    const victim = await startServing(site, { ...settings, FAILPOINTS: "after-webhook-work:kill" });
    await victim.send("POST", path, { body: { ...body, customer_email: "ann@example.com" } });
    await untilDrained(site.db);
    await tellServer(victim, { ...paidNews(await chargeOf(site)), status: "charged_back" }).catch(() => undefined);
    await victim.killed();

    const heir = await startServing(site, settings);
    await eventually("it is worked on", async () => (await inboxStates(site))[0] === "worked");
    const [books] = await ask(
      site.db,
      `select charged_back_minor, (select count(*) from payments.money_entries where kind = 'chargeback') as entries
         from orders.orders`,
    );
    assert.deepEqual(books, { chargedBackMinor: 30n, entries: 1n });
    await untilDrained(site.db);
    await assertVerified(site.url);
    await heir.kill();
  });

  test("leaves its webhook to the neighbour when it sleeps in the middle of the work", async () => {
    const site = await givenSite();
    const sleeper = await startServing(site, { ...settings, FAILPOINTS: "after-webhook-work@1:hang" });
    await sleeper.send("POST", path, { body });
    const neighbour = await startServing(site, { ...settings, SERVE_JOBS: "elsewhere" });
    await tellServer(neighbour, paidNews(await chargeOf(site)));
    await eventually("the order is paid", async () => (await readBooks(site.db))[0]?.status === "paid");
    assert.deepEqual(await inboxStates(site), ["received"]);
    await sleeper.kill();
    const heir = await startServing(site, settings);
    await eventually("it is worked on", async () => (await inboxStates(site))[0] === "worked");
    await untilDrained(site.db);
    for (const books of await readBooks(site.db)) assertPaidOnce(books);
    await assertVerified(site.url);
    await Promise.all([neighbour.kill(), heir.kill()]);
  });
});
