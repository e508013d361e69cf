import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FakeSmtpServer, startSmtpServer } from "../fakes/smtp-server.ts";
import { ask } from "../support/ask.ts";
import { eventually } from "../support/eventually.ts";
import { givenUser, signIn, tokenFrom } from "../support/given-user.ts";
import { linkInLetter } from "../support/link-in-letter.ts";
import { givenSite, type ServingProcess, type Site, startServing, webhookSecret } from "../support/serve.ts";
import { tellServer } from "../support/signed-webhook.ts";
import {
  add,
  givenProduct,
  onPage,
  openStoreClient,
  orderOf,
  type ShownOrder,
  someBilling,
} from "../support/store-client.ts";

const path = "/api/v1/orders/";

/** What customers and callers send, each marked, so that it is found wherever it hides. */
const canaries = ["canary.mail", "Canary-Name", "Canary-Product", "Canary-Key", "canary.recipient", "Canary-Body"];

const order = {
  customer_email: "canary.mail@example.com",
  customer_name: "Canary-Name",
  items: [{ product_name: "Canary-Product", quantity: 1, unit_price: 5 }],
  currency: "EUR",
};

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [member: string]: unknown;
}

function linesOf(server: ServingProcess): Line[] {
  const lines = server
    .log()
    .split("\n")
    .filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as Line);
}

describe("the log of a process that logs everything", () => {
  let site: Site;
  let smtp: FakeSmtpServer;
  let server: ServingProcess;

  const place = (changed: object = {}) =>
    server.send("POST", path, { body: { ...order, ...changed }, key: crypto.randomUUID() });

  before(async () => {
    site = await givenSite();
    smtp = await startSmtpServer();
    smtp.fault = "refuse";
    const failing = { FAILPOINTS: "before-place@4:throw", SMTP_URL: smtp.url };
    server = await startServing(site, { LOG_LEVEL: "trace", ...failing });
  });
  after(async () => {
    await server.stop();
    await smtp.close();
  });

  test("has a line for each request, with who asked and how it ended", async () => {
    const placed = await place();
    assert.equal(placed.status, 201, placed.text);
    await eventually("the line is there", () => linesOf(server).some(({ route }) => route === "/api/v1/orders"));
    const line = linesOf(server).find(({ route }) => route === "/api/v1/orders");
    assert.ok(line);
    const { method, status, ms, principal, requestId, msg } = line;
    assert.deepEqual({ method, status, msg }, { method: "POST", status: 201, msg: "answered" });
    assert.ok(typeof ms === "number" && typeof principal === "string" && typeof requestId === "string");
  });

  test("says of a fault of ours where it happened, once, under the request's id", async () => {
    await place({ customer_email: "declined@canary.mail.example" });
    await place({ customer_name: "" });
    const free = await place({ items: [{ product_name: "Canary-Product", quantity: 1, unit_price: 0 }] });
    assert.equal(free.status, 201, free.text);
    const broken = await place();
    assert.equal(broken.status, 500, broken.text);
    const { request_id } = JSON.parse(broken.text) as { request_id: string };
    await eventually("both lines are there", () => linesOf(server).filter(of(request_id)).length === 2);
    const [fault, answered] = linesOf(server).filter(of(request_id));
    assert.equal(fault?.msg, "unexpected");
    assert.match(JSON.stringify(fault?.err), /Failpoint before-place.*payment-desk-flow/s);
    assert.equal(answered?.status, 500);
  });

  test("holds nothing that a customer or a caller sent, whatever went wrong with it", async () => {
    const [{ orderId = 0n } = {}] = await ask<{ orderId: bigint }>(
      site.db,
      "select max(order_id) as order_id from orders.orders",
    );
    const told = { webhookId: "Canary-Key", paymentId: "Canary-Body", amount: "5.00", currency: "EUR" } as const;
    await tellServer(server, { ...told, orderId, status: "succeeded" });
    await tellServer(server, { ...told, orderId: 999_999n, status: "failed" });
    const unsigned = { "webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,Canary-Key" };
    await server.send("POST", `${path}${orderId}/webhook`, { body: '{"Canary-Body":1}', headers: unsigned });
    await server.send("GET", "/api/v2/mails?recipient=canary.recipient@example.com");
    await server.send("GET", "/Canary-Body/x?email=canary.mail@example.com");
    await server.send("POST", path, { body: '{"customer_email":"canary.mail@example.com",' });
    await server.send("POST", path, { body: "Canary-Body", headers: { "content-type": "text/plain" } });
    await server.send("GET", path, { headers: { authorization: "Bearer Canary-Key" } });
    await server.send("GET", path, { headers: { "x-api-key": "ow_0123456789_Canary-Key", cookie: "a=Canary-Key" } });
    await eventually("the letter was refused", hasFailedLetter);
    const log = server.log();
    assert.match(log, /answered/);
    for (const secret of [...canaries, server.apiKey, webhookSecret, webhookSecret.replace("whsec_", "")]) {
      assert.ok(
        !log.includes(secret),
        `The log has ${secret}:\n${log.split("\n").find((line) => line.includes(secret))}`,
      );
    }
  });

  const of = (id: string) => (line: Line) => line.requestId === id;

  async function hasFailedLetter(): Promise<boolean> {
    const failed = await ask(site.db, "select from notifications.messages where state = 'failed'");
    return failed.length > 0;
  }
});

describe("the log of a shop that logs everything", () => {
  test("holds no cookie, no password, no link, no token and no address of whoever shops", async () => {
    const site = await givenSite();
    const server = await startServing(site, { LOG_LEVEL: "trace" });
    const client = openStoreClient(server);
    const { priceId } = await givenProduct(server);
    const cart = await add(client, priceId);
    const visitor = client.cookies.get("ANONYMOUS_USER_EXTERNAL_ID") ?? "";
    const billing = { ...someBilling, name: "Canary-Name", email: "canary.mail@example.com" };
    const order = await client.ask<ShownOrder>("POST", "/api/store/checkout", orderOf(cart, { billing }));
    const page = order.payment?.session_id ?? "";
    await client.send("GET", `/sandbox/pay/${page}`);
    assert.equal((await onPage(server, order)).status, 200);
    const link = await linkInLetter(site.db, order);
    await openStoreClient(server).send("GET", `/api/store/orders/${order.id}`, { headers: { "order-link": link } });
    const user = await givenUser(site.db, server);
    const token = await tokenFrom(site.db, user.email);
    await signIn(client, user);
    const session = client.cookies.get("orderwell.session_token") ?? "";
    await client.send("POST", "/api/store/auth/sign-in", { body: { email: user.email, password: "Canary-Password" } });
    await client.send("POST", "/api/store/auth/reset-password", { body: { token, password: "Canary-Password" } });
    await client.send("GET", "/api/store/cart", { headers: { cookie: "a=Canary-Cookie" } });
    await client.send("POST", "/api/store/auth/sign-out");
    await eventually("the last line is there", () => server.log().includes("/api/store/auth/sign-out"));
    const log = server.log();
    const secrets = { visitor, page, link, token, session, password: user.password, email: user.email };
    for (const [name, secret] of Object.entries({ ...secrets, canary: "anary", billed: billing.email })) {
      assert.ok(secret.length > 4, name);
      const line = log.split("\n").find((one) => one.includes(secret));
      assert.equal(line, undefined, `The log has ${name}`);
    }
    await server.stop();
  });
});

test("a setting that is wrong is told without the password in it", async () => {
  const site = await givenSite();
  const wrong = { PAYMENT_SERVICE_URL: "ftp://user:Canary-Key@example.com" };
  await assert.rejects(startServing(site, wrong), ({ message }: Error) => {
    assert.match(message, /PAYMENT_SERVICE_URL/);
    assert.doesNotMatch(message, /Canary-Key/);
    return true;
  });
});
