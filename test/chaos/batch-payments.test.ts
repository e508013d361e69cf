import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type FakeGateway, startFakeGateway } from "../fakes/fake-gateway.ts";
import { ask } from "../support/ask.ts";
import { assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { draftBody } from "../support/draft-bodies.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const orders = 120;
const body = Array.from({ length: orders }, (_, index) => draftBody(`W-${index}`));

const gateways = new Set<FakeGateway>();
after(() => Promise.all([...gateways].map((gateway) => gateway.stop())));

async function givenGateway(): Promise<FakeGateway> {
  const gateway = await startFakeGateway();
  gateways.add(gateway);
  return gateway;
}

function startWith(site: Site, gateway: FakeGateway): Promise<ServingProcess> {
  return startServing(site, { PAYMENT_SERVICE_URL: gateway.url, PAYMENT_SERVICE_KEYS: "honoured" });
}

async function isPaid(site: Site): Promise<boolean> {
  const [unpaid] = await ask(site.db, "select from orders.orders where status <> 'paid' limit 1");
  return unpaid === undefined;
}

/** Fails unless both sides' books agree that every order was charged once. */
async function assertChargedOnce(site: Site, gateway: FakeGateway): Promise<void> {
  await untilDrained(site.db);
  const books = await readBooks(site.db);
  const charged = gateway.ledger().filter(({ kind, status }) => kind === "charge" && status === "succeeded");
  assert.deepEqual(charged.map(({ orderId }) => orderId).sort(), books.map(({ orderId }) => `${orderId}`).sort());
  assert.ok(books.length === orders && books.every(({ captures }) => captures === 1n));
  await assertVerified(site.url);
}

describe("a batch that is paid by a service in trouble", { concurrency: 2 }, () => {
  test("is paid once when the service is slow, and loses answers", async () => {
    const [site, gateway] = [await givenSite(), await givenGateway()];
    await gateway.say({ kind: "delay", delayMs: 100, times: 40 });
    await gateway.say({ kind: "effect-then-drop", times: 3 });
    const server = await startWith(site, gateway);
    assert.equal((await server.send("POST", "/api/v2/orders/batch", { body })).status, 202);
    await eventually("every order is paid", () => isPaid(site));
    await assertChargedOnce(site, gateway);
    await server.kill();
  });

  test("is paid once when the service goes away in the middle and comes back", async () => {
    const [site, gateway] = [await givenSite(), await givenGateway()];
    await gateway.say({ kind: "delay", delayMs: 50 });
    const server = await startWith(site, gateway);
    assert.equal((await server.send("POST", "/api/v2/orders/batch", { body })).status, 202);
    await eventually("some were charged", () => gateway.ledger().length > 10);
    await gateway.kill();
    await eventually("it is noticed", async () => {
      const [turnedAway] = await ask(
        site.db,
        "select from payments.payment_attempts where failure = 'not_sent' limit 1",
      );
      return turnedAway !== undefined;
    });
    const charged = gateway.ledger().length;
    await gateway.restart();
    await eventually("it is asked again", () => gateway.ledger().length > charged + 5);
    await eventually("every order is paid", () => isPaid(site));
    await assertChargedOnce(site, gateway);
    await server.kill();
  });
});
