import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type FakeGateway, startFakeGateway } from "../fakes/fake-gateway.ts";
import { type FakeSmtpServer, startSmtpServer } from "../fakes/smtp-server.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const path = "/api/v1/orders/";
const body = {
  customer_email: "tanaka@example.co.jp",
  customer_name: "田中太郎",
  items: [{ product_name: "ノートPC", quantity: 2, unit_price: 89800 }],
};

const gateways = new Set<FakeGateway>();
const posts = new Set<FakeSmtpServer>();
after(() => Promise.all([...gateways].map((gateway) => gateway.stop())));
after(() => Promise.all([...posts].map((post) => post.close())));

async function givenGateway(): Promise<FakeGateway> {
  const gateway = await startFakeGateway();
  gateways.add(gateway);
  return gateway;
}

function settingsFor(gateway: FakeGateway, more: Record<string, string> = {}): Record<string, string> {
  return { PAYMENT_SERVICE_URL: gateway.url, PAYMENT_SERVICE_KEYS: "honoured", ...more };
}

/** Fails unless both sides' books agree that every order was charged once, with one key, and is paid. */
async function assertChargedOnce(site: Site, gateway: FakeGateway, orders: number): Promise<void> {
  const unpaid = async () => (await readBooks(site.db)).filter(({ status }) => status !== "paid");
  await eventually("every order is paid", async () => (await unpaid()).length === 0);
  await untilDrained(site.db);
  const books = await readBooks(site.db);
  assert.equal(books.length, orders);
  for (const one of books) assertPaidOnce(one, 0n);
  const charged = gateway.ledger().map(({ kind, orderId, amount, currency }) => ({ kind, orderId, amount, currency }));
  assert.deepEqual(
    charged.sort((one, other) => Number(one.orderId) - Number(other.orderId)),
    books.map(({ orderId }) => ({ kind: "charge", orderId: `${orderId}`, amount: "179600.0", currency: "JPY" })),
  );
  await assertVerified(site.url);
}

async function placeUnheard(server: ServingProcess, key: string): Promise<void> {
  await server.send("POST", path, { key, body }).catch(() => undefined);
}

describe("a payment service that fails after it has taken the money", { concurrency: 2 }, () => {
  /** A service that is asked again at once says what it did; one that is silent leaves no time for that. */
  const lies = [
    { kind: "effect-then-500", status: "paid" },
    { kind: "effect-then-drop", status: "paid" },
    { kind: "effect-then-hang", status: "payment_processing" },
  ] as const;

  for (const { kind, status } of lies) {
    test(`charges once and the order is paid after ${kind}`, async () => {
      const [site, gateway] = [await givenSite(), await givenGateway()];
      await gateway.say({ kind, times: 1 });
      const server = await startServing(site, settingsFor(gateway));
      const answer = await server.send("POST", path, { key: "once", body });
      assert.equal(answer.status, 201, answer.text);
      assert.match(answer.text, new RegExp(`"status":"${status}"`));
      await assertChargedOnce(site, gateway, 1);
      await server.kill();
    });

    test(`charges once when our process dies after ${kind}`, async () => {
      const [site, gateway] = [await givenSite(), await givenGateway()];
      await gateway.say({ kind, times: 1 });
      const victim = await startServing(site, settingsFor(gateway, { FAILPOINTS: "after-charge:kill" }));
      await placeUnheard(victim, "once");
      await victim.killed();
      const heir = await startServing(site, settingsFor(gateway));
      await assertChargedOnce(site, gateway, 1);
      await heir.kill();
    });
  }

  test("charges once when our process dies as the reconciler is answered", async () => {
    const [site, gateway] = [await givenSite(), await givenGateway()];
    await gateway.say({ kind: "effect-then-hang", times: 1 });
    const victim = await startServing(site, settingsFor(gateway, { FAILPOINTS: "after-reconcile-answer:kill" }));
    await placeUnheard(victim, "once");
    await victim.killed();
    const heir = await startServing(site, settingsFor(gateway));
    await assertChargedOnce(site, gateway, 1);
    await heir.kill();
  });

  for (const point of ["after-place", "after-charge", "inside-settle"]) {
    test(`charges once when our process dies at ${point}`, async () => {
      const [site, gateway] = [await givenSite(), await givenGateway()];
      const victim = await startServing(site, settingsFor(gateway, { FAILPOINTS: `${point}:kill` }));
      await placeUnheard(victim, "once");
      await victim.killed();
      assert.equal(gateway.ledger().length, point === "after-place" ? 0 : 1);
      const heir = await startServing(site, settingsFor(gateway));
      await assertChargedOnce(site, gateway, 1);
      const repeated = await heir.send("POST", path, { key: "once", body });
      assert.equal(repeated.status, 201, repeated.text);
      await assertChargedOnce(site, gateway, 1);
      await heir.kill();
    });
  }

  test("is asked again with the key that it forgot only after it was looked at", async () => {
    const [site, gateway] = [await givenSite(), await givenGateway()];
    const victim = await startServing(site, settingsFor(gateway, { FAILPOINTS: "after-charge:kill" }));
    await placeUnheard(victim, "once");
    await victim.killed();
    await gateway.say({ kind: "forget-keys" });
    const heir = await startServing(site, settingsFor(gateway));
    await assertChargedOnce(site, gateway, 1);
    await heir.kill();
  });
});

describe("a process that is killed around an outside letter", () => {
  for (const point of ["before-letter", "after-letter"]) {
    test(`tells the customer under one name when it dies at ${point}`, async () => {
      const site = await givenSite();
      const post = await startSmtpServer();
      posts.add(post);
      const victim = await startServing(site, { SMTP_URL: post.url, FAILPOINTS: `${point}:kill` });
      await placeUnheard(victim, "once");
      await victim.killed();
      assert.equal(post.taken.length, point === "before-letter" ? 0 : 1);

      const heir = await startServing(site, { SMTP_URL: post.url });
      await untilDrained(site.db);
      const books = await readBooks(site.db);
      assert.equal(books[0]?.status, "paid");
      assert.equal(books[0]?.story.filter((event) => event.endsWith("NotificationSent")).length, 1);
      // SMTP cannot be asked what it took: the letter goes again, under the same name.
      assert.equal(new Set(post.taken.map(({ messageId }) => messageId)).size, 1);
      assert.ok(post.taken.length <= 2);
      await assertVerified(site.url);
      await heir.kill();
    });
  }
});
