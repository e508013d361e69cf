import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import { openWebhookInbox, parseWebhookSecrets } from "../payments/index.ts";
import { signWebhook, type WebhookHeaders } from "../payments/webhook-signature.ts";
import { workWebhook } from "../payments/work-webhook.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { orderWebhookRoutes } from "./order-webhook-routes.ts";

const clock = { now: () => noon };
const oldSecret = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
const newSecret = `whsec_${Buffer.alloc(32, 2).toString("base64")}`;
const foreignSecret = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
const news = '{"payment_id": "pay_1", "status":"succeeded","amount":0.30,"currency":"USD"}';
const minuteMs = 60_000;

let database: TestDatabase;
let app: FastifyInstance;

before(async () => {
  database = await testDatabase();
  const { db } = database;
  await prepareJobs(db, [workWebhook]);
  const server = await testServer((made) => {
    const secrets = parseWebhookSecrets(`${newSecret},${oldSecret}`);
    const inbox = openWebhookInbox(db, clock);
    void made.register(orderWebhookRoutes({ inbox, clock, secrets, gateway: "http" }));
  });
  app = server.app;
});
after(() => database.close());
beforeEach(() => ask(database.db, "truncate payments.webhook_inbox"));

interface Sent {
  readonly id?: string;
  readonly body?: string;
  readonly secret?: string;
  readonly at?: Date;
  readonly order?: string;
  /** Put in place of what was signed. */
  readonly headers?: Partial<Record<keyof WebhookHeaders, string>>;
  readonly arrives?: string;
}

function send({ id = "msg_1", body = news, secret = newSecret, at = noon, order = "42", ...rest }: Sent = {}) {
  const signed = signWebhook(parseWebhookSecrets(secret), { id, body, now: at });
  return app.inject({
    method: "POST",
    url: `/api/v1/orders/${order}/webhook`,
    headers: { ...signed, "content-type": "application/json", ...rest.headers },
    payload: rest.arrives ?? body,
  });
}

function stored() {
  return ask(database.db, "select event_id, named_order, news, amount_minor, body from payments.webhook_inbox");
}

describe("POST /api/v1/orders/{order_id}/webhook", () => {
  test("stores a webhook as it came and answers 200, whether there is such an order or not", async () => {
    const answer = await send();
    assert.equal(answer.statusCode, 200, answer.body);
    assert.deepEqual(answer.json(), { outcome: "received" });
    assert.deepEqual(await stored(), [
      { eventId: "msg_1", namedOrder: "42", news: "succeeded", amountMinor: 30n, body: news },
    ]);
  });

  test("answers the same webhook with 200 ten times at once, and stores it once", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => send()));
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      Array(10).fill(200),
    );
    assert.equal(answers.filter(({ body }) => body.includes("received")).length, 1);
    assert.equal((await stored()).length, 1);
    // Sent again later it is signed anew.
    const later = await send({ at: new Date(noon.getTime() + minuteMs) });
    assert.deepEqual(later.json(), { outcome: "duplicate" });
  });

  test("takes webhooks of either secret while they rotate, and several signatures", async () => {
    assert.equal((await send({ secret: oldSecret })).statusCode, 200);
    assert.equal((await send({ secret: newSecret, id: "msg_2" })).statusCode, 200);
    const of = (secret: string) =>
      signWebhook(parseWebhookSecrets(secret), { id: "msg_3", body: news, now: noon })["webhook-signature"];
    const both = { "webhook-signature": `${of(foreignSecret)} ${of(oldSecret)}` };
    assert.equal((await send({ id: "msg_3", headers: both })).statusCode, 200);
  });

  const refused: [string, Sent][] = [
    ["whose time is too old", { at: new Date(noon.getTime() - 6 * minuteMs) }],
    ["whose time is to come", { at: new Date(noon.getTime() + 6 * minuteMs) }],
    ["with one byte changed", { arrives: news.replace("0.30", "0.31") }],
    ["that was read and written anew", { arrives: JSON.stringify(JSON.parse(news)) }],
    ["signed with another secret", { secret: foreignSecret }],
    ["with another id than was signed", { headers: { "webhook-id": "msg_2" } }],
    ["with another time than was signed", { headers: { "webhook-timestamp": String(noon.getTime() / 1000 + 1) } }],
    ["with an empty signature", { headers: { "webhook-signature": "" } }],
  ];
  for (const [what, sent] of refused) {
    test(`refuses a webhook ${what} and stores nothing`, async () => {
      const answer = await send(sent);
      assert.equal(answer.statusCode, 400, answer.body);
      assert.equal(answer.json<{ code: string }>().code, "payment.webhook_signature");
      assert.deepEqual(await stored(), []);
    });
  }

  const unusable: [string, string, number][] = [
    ["an amount with more digits than its currency has", news.replace("0.30", "0.301"), 422],
    ["a negative amount", news.replace("0.30", "-0.30"), 422],
    ["an amount beyond all money", news.replace("0.30", "18446744073709551616"), 422],
    ["an amount without end", news.replace("0.30", "1e400"), 422],
    ["an amount as text", news.replace("0.30", '"0.30"'), 422],
    ["a currency that there is not", news.replace("USD", "XQQ"), 422],
    ["a status that there is not", news.replace("succeeded", "maybe"), 422],
    ["a payment without a name", news.replace("pay_1", ""), 422],
    ["no JSON", "{", 400],
    ["more than 16 KiB", news.replace("pay_1", "p".repeat(16_384)), 413],
  ];
  for (const [what, body, status] of unusable) {
    test(`refuses a signed webhook with ${what} and stores nothing`, async () => {
      const answer = await send({ body });
      assert.equal(answer.statusCode, status, answer.body);
      assert.deepEqual(await stored(), []);
    });
  }

  for (const [what, other] of [
    ["body", { body: news.replace("0.30", "0.31") }],
    ["order", { order: "43" }],
  ] as const) {
    test(`refuses the same id with another ${what}, keeps the first and asks a person`, async () => {
      const id = `msg_${what}`;
      assert.equal((await send({ id })).statusCode, 200);
      const answer = await send({ id, ...other });
      assert.equal(answer.statusCode, 422);
      assert.equal(answer.json<{ code: string }>().code, "payment.webhook_changed");
      const [kept, ...others] = await stored();
      assert.deepEqual(others, []);
      assert.equal(kept?.body, news);
      assert.equal(kept?.namedOrder, "42");
      const tasks = await ask(database.db, "select kind from tasks.tasks where detail ->> 'webhook' = $1", [id]);
      assert.deepEqual(tasks, [{ kind: "webhook_changed" }]);
    });
  }

  test("stores a flood as far as it can, tells the rest to come again, and loses none that it took", async () => {
    const count = 3_000;
    const answers = await Promise.all(Array.from({ length: count }, (_, index) => send({ id: `flood_${index}` })));
    const taken = answers.filter(({ statusCode }) => statusCode === 200).length;
    const others = answers.filter(({ statusCode }) => statusCode !== 200);
    assert.ok(others.every(({ statusCode, headers }) => statusCode === 429 && Number(headers["retry-after"]) > 0));
    assert.ok(taken >= 1_000, `${taken} were taken`);
    assert.equal((await stored()).length, taken);
  });
});
