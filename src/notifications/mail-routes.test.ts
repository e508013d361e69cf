import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { from } from "../../test/support/given-letters.ts";
import { givenOrder, noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import { type OrderWithItems, orderNumber } from "../orders/index.ts";
import { mailRoutes } from "./mail-routes.ts";
import { mailboxChannel } from "./mailbox-client.ts";
import { tellCustomerJob } from "./notification-jobs.ts";
import { notificationRoutes } from "./notification-routes.ts";

const clock = { now: () => noon };
const owner = { authorization: "Bearer owner" };
const mails = 25;

let database: TestDatabase;
let app: FastifyInstance;
const orders: OrderWithItems[] = [];

interface ListBody {
  data: { id: number; to: string; order_number: string }[];
  next_cursor: string | null;
}

before(async () => {
  database = await testDatabase();
  const { db } = database;
  const server = await testServer((made) => {
    void made.register(mailRoutes(db));
    void made.register(notificationRoutes(db, clock));
  });
  app = server.app;
  const job = tellCustomerJob(db, mailboxChannel(db, clock, { from }), clock);
  const run = { tries: 1, lastTry: false, signal: new AbortController().signal };
  for (let index = 0; index < mails; index += 1) {
    const order = await db.transaction((tx) => givenOrder(tx, { email: `a${index}@example.com`, status: "paid" }));
    orders.push(order);
    await job.run({ orderId: order.orderId.toString(), kind: "order_confirmation" }, run);
  }
});
after(() => database.close());

async function list(query: string): Promise<ListBody> {
  const answer = await app.inject({ url: `/api/v2/mails${query}`, headers: owner });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json<ListBody>();
}

describe("GET /api/v2/mails", () => {
  test("lists mails newest first, and every one once over the pages", async () => {
    const first = await list("");
    assert.equal(first.data.length, 20);
    const second = await list(`?cursor=${first.next_cursor}`);
    assert.equal(second.next_cursor, null);
    const recipients = [...first.data, ...second.data].map(({ to }) => to);
    assert.deepEqual(recipients, orders.map((order) => order.customerEmail).reverse());
  });

  test("has no next page when the last one is just full", async () => {
    assert.equal((await list(`?limit=${mails}`)).next_cursor, null);
    assert.notEqual((await list(`?limit=${mails - 1}`)).next_cursor, null);
  });

  test("finds the mails of an order by each of its names, and those to an address", async () => {
    const [, order] = orders;
    assert.ok(order);
    const queries = [order.uid, orderNumber(order.orderId), String(order.orderId)].map((name) => `?order_id=${name}`);
    for (const query of [...queries, `?recipient=a1@example.com`, `?order_id=${order.uid}&recipient=a1@example.com`]) {
      const { data } = await list(query);
      assert.deepEqual(
        data.map(({ to, order_number }) => [to, order_number]),
        [["a1@example.com", orderNumber(order.orderId)]],
      );
    }
    assert.deepEqual((await list(`?order_id=${order.uid}&recipient=a2@example.com`)).data, []);
  });

  for (const [query, status] of [
    ["?limit=0", 422],
    ["?limit=101", 422],
    ["?limit=1e1", 422],
    ["?cursor=nonsense", 422],
    [`?cursor=${Buffer.from("99999999999999999999").toString("base64url")}`, 422],
    [`?cursor=${Buffer.from("9999999999999999999").toString("base64url")}`, 422],
    ["?order_id=nonsense", 404],
    ["?unknown=1", 422],
  ] as const) {
    test(`answers ${status} to ${query}`, async () => {
      const answer = await app.inject({ url: `/api/v2/mails${query}`, headers: owner });
      assert.equal(answer.statusCode, status);
      assert.match(String(answer.headers["content-type"]), /problem\+json/);
    });
  }

  test("asks for a key that may read mails", async () => {
    assert.equal((await app.inject({ url: "/api/v2/mails" })).statusCode, 401);
    assert.equal(
      (await app.inject({ url: "/api/v2/mails", headers: { authorization: "Bearer reader" } })).statusCode,
      403,
    );
  });
});

describe("GET /api/v2/mails/{mail_id}", () => {
  test("answers the mail whole", async () => {
    const [newest] = (await list("?limit=1")).data;
    const answer = await app.inject({ url: `/api/v2/mails/${newest?.id}`, headers: owner });
    const order = orders.at(-1);
    assert.ok(order);
    const { html, text, ...rest } = answer.json<Record<string, string>>();
    assert.deepEqual(rest, {
      id: newest?.id,
      message_id: `${order.uid}.order_confirmation@tea.example`,
      order_id: order.uid,
      order_number: orderNumber(order.orderId),
      kind: "order_confirmation",
      from: "Tea & Co <orders@tea.example>",
      to: "a24@example.com",
      subject: `Order ${orderNumber(order.orderId)} is confirmed`,
      sent_at: noon.toISOString(),
    });
    assert.match(text ?? "", /Total: \$3\.00/);
    assert.match(html ?? "", /^<!doctype html>/);
  });

  for (const id of ["0", "-1", "x", "99999999", "9223372036854775808"]) {
    test(`answers 404 for the mail ${id}`, async () => {
      const answer = await app.inject({ url: `/api/v2/mails/${id}`, headers: owner });
      assert.equal(answer.statusCode, 404);
      assert.equal(answer.json<{ code: string }>().code, "mail.not_found");
    });
  }
});

describe("The page /mails", () => {
  test("is open, loads nothing from elsewhere and lets no inline script run", async () => {
    const page = await app.inject({ url: "/mails" });
    assert.equal(page.statusCode, 200);
    assert.match(String(page.headers["content-type"]), /^text\/html/);
    const policy = String(page.headers["content-security-policy"]);
    assert.match(policy, /default-src 'none'; script-src 'self';/);
    assert.doesNotMatch(policy, /script-src[^;]*unsafe|https?:/);
    assert.doesNotMatch(page.body, /<script>|\son\w+=|style=|https?:/);
    for (const [, path] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const part = await app.inject({ url: path ?? "" });
      assert.equal(part.statusCode, 200, path);
      assert.doesNotMatch(part.body, /https?:\/\//);
    }
  });

  test("shows a letter in a frame without scripts and sets foreign text as text only", async () => {
    const { body } = await app.inject({ url: "/mails/mailbox.js" });
    assert.match(body, /setAttribute\("sandbox", ""\)/);
    assert.doesNotMatch(body, /innerHTML|insertAdjacentHTML|document\.write|eval\(/);
  });
});

describe("POST /api/v1/notifications/email", () => {
  function send(payload: object, headers: Record<string, string> = owner) {
    return app.inject({ method: "POST", url: "/api/v1/notifications/email", headers, payload });
  }

  async function queuedFor(orderId: bigint): Promise<number> {
    const rows = await ask(database.db, `select 1 from graphile_worker._private_jobs where payload->>'orderId' = $1`, [
      orderId.toString(),
    ]);
    return rows.length;
  }

  test("queues the letter once for an Idempotency-Key", async () => {
    const [order] = orders;
    assert.ok(order);
    const before = await queuedFor(order.orderId);
    const body = { template: "ORDER_CONFIRMATION", to: "A0@example.com", order_id: Number(order.orderId) };
    const headers = { ...owner, "idempotency-key": "letter-1" };
    const first = await send(body, headers);
    assert.equal(first.statusCode, 202, first.body);
    assert.deepEqual(first.json(), {
      order_id: Number(order.orderId),
      template: "ORDER_CONFIRMATION",
      status: "queued",
    });
    const second = await send(body, headers);
    assert.equal(second.body, first.body);
    assert.equal(second.headers["idempotent-replayed"], "true");
    assert.equal(await queuedFor(order.orderId), before + 1);
  });

  for (const [what, change, status, code] of [
    ["another address", { to: "eve@example.com" }, 422, "notification.recipient_wrong"],
    ["a template that is not true", { template: "ORDER_SHIPPED" }, 409, "notification.untrue"],
    ["an order that is not there", { order_id: 999_999_999 }, 404, "notification.order_unknown"],
    ["an unknown template", { template: "ORDER_LOST" }, 422, "http.invalid_input"],
  ] as const) {
    test(`answers ${status} for ${what} and queues nothing`, async () => {
      const [, , order] = orders;
      assert.ok(order);
      const before = await queuedFor(order.orderId);
      const body = { template: "ORDER_CONFIRMATION", to: "a2@example.com", order_id: Number(order.orderId), ...change };
      const answer = await send(body);
      assert.equal(answer.statusCode, status, answer.body);
      assert.equal(answer.json<{ code: string }>().code, code);
      assert.equal(await queuedFor(order.orderId), before);
    });
  }

  test("asks for a key that may send mails", async () => {
    assert.equal((await send({}, { authorization: "Bearer writer" })).statusCode, 403);
  });
});
