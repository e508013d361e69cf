import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { type Answered, givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const long = process.env.CHAOS === "long";
const refundPoints = [
  "after-refund",
  "inside-refund-settle",
  ...(long ? ["before-refund", "after-refund-settle"] : []),
];
const paymentPoints = [
  "after-payment-start",
  "after-charge",
  "inside-settle",
  ...(long ? ["inside-payment-start", "after-settle"] : []),
];

interface Setting {
  readonly site: Site;
  readonly orderId: number;
}

/** An order of 100 yen that nobody works on any more, placed by a process that is gone. */
async function givenOrder(customer: string): Promise<Setting> {
  const site = await givenSite();
  const server = await startServing(site);
  const items = [{ product_name: "Tea", quantity: 1, unit_price: 100 }];
  const body = { customer_email: `${customer}@example.com`, customer_name: "Ann", items };
  const { text } = await server.send("POST", "/api/v1/orders/", { body });
  await untilDrained(site.db);
  await server.kill();
  return { site, orderId: JSON.parse(text).id };
}

function send(server: ServingProcess, orderId: number, what: "refunds" | "payments", key: string): Promise<Answered> {
  const body = what === "refunds" ? { body: { amount: 60, reason: "broken" } } : {};
  return server.send("POST", `/api/v2/orders/${orderId}/${what}`, { key, ...body });
}

/** Sends a request to a process that dies at the point, starts another, and repeats the request when all is settled. */
async function killAndRepeat(
  { site, orderId }: Setting,
  what: "refunds" | "payments",
  point: string,
): Promise<{ first: Answered | undefined; second: Answered; heir: ServingProcess }> {
  const victim = await startServing(site, { FAILPOINTS: `${point}:kill` });
  const first = await send(victim, orderId, what, "once").catch(() => undefined);
  await victim.killed();
  const heir = await startServing(site);
  await untilDrained(site.db);
  const second = await send(heir, orderId, what, "once");
  assert.equal(second.status, 201, second.text);
  // What was acknowledged before the kill is what is answered after it.
  if (first) assert.equal(second.text, first.text);
  await untilDrained(site.db);
  return { first, second, heir };
}

describe("a process that is killed while it gives part of an order's money back", { concurrency: 2 }, () => {
  for (const point of refundPoints) {
    test(`gives it back once when it dies at ${point}`, async () => {
      const setting = await givenOrder("ann");
      const { site } = setting;
      const { heir } = await killAndRepeat(setting, "refunds", point);
      const [books] = await ask(
        site.db,
        `select status, captured_minor, refunded_minor, refunding_minor, refunds,
                (select array_agg(amount_minor) from payments.sandbox_refunds) as given,
                (select count(*) from payments.money_entries where kind = 'refund') as entries,
                (select count(*) from events.events where type = 'RefundProcessed') as events
           from orders.orders`,
      );
      assert.deepEqual(books, {
        status: "paid",
        capturedMinor: 100n,
        refundedMinor: 60n,
        refundingMinor: 0n,
        refunds: 1,
        given: [60n],
        entries: 1n,
        events: 1n,
      });
      await assertVerified(site.url);
      await heir.kill();
    });
  }
});

describe("a process that is killed while it tries a payment again", { concurrency: 2 }, () => {
  for (const point of paymentPoints) {
    test(`takes the money once when it dies at ${point}`, async () => {
      const setting = await givenOrder("pays-second");
      const { site } = setting;
      const { second, heir } = await killAndRepeat(setting, "payments", point);
      const view = JSON.parse(second.text);
      assert.deepEqual([view.attempt, view.state, view.order_status], [2, "paid", "paid"]);
      const [books] = await ask(
        site.db,
        `select status, attempts, captured_minor, refunding_minor + refunded_minor as back,
                (select count(*) from payments.sandbox_payments where status = 'succeeded') as charges,
                (select count(*) from payments.money_entries) as entries,
                (select count(*) from notifications.mails) as mails
           from orders.orders`,
      );
      assert.deepEqual(books, {
        status: "paid",
        attempts: 2,
        capturedMinor: 100n,
        back: 0n,
        charges: 1n,
        entries: 1n,
        mails: 1n,
      });
      await assertVerified(site.url);
      await heir.kill();
    });
  }
});
