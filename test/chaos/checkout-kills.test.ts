import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";
import {
  add,
  givenProduct,
  onPage,
  openStoreClient,
  orderOf,
  type ShownOrder,
  type StoreClient,
} from "../support/store-client.ts";

/** Where a process can die between the click and the mail, and whether the order is committed then. */
const points = {
  "before-checkout": false,
  "inside-checkout": false,
  "after-checkout": true,
  "before-session": true,
  "after-session": true,
  "after-session-kept": true,
  "inside-webhook-received": true,
  "after-webhook-received": true,
  "before-webhook-work": true,
  "inside-settle": true,
  "after-webhook-work": true,
  "inside-telling": true,
  "after-telling": true,
} as const;
type Point = keyof typeof points;

/** The whole way, as far as the server lives: undefined when the connection broke. */
async function buy(server: ServingProcess, client: StoreClient, body: object): Promise<ShownOrder | undefined> {
  const answer = await client.send("POST", "/api/store/checkout", { body, key: "click" }).catch(() => undefined);
  if (!answer) return undefined;
  assert.ok(answer.status < 300, answer.text);
  const order = JSON.parse(answer.text) as ShownOrder;
  await onPage(server, order).catch(() => undefined);
  return order;
}

async function booksOf(site: Site) {
  return ask<{ status: string; attempts: number; captures: bigint; charges: bigint; pages: bigint; mails: bigint }>(
    site.db,
    `select status, attempts,
            (select count(*) from payments.money_entries where order_id = held.order_id) as captures,
            (select count(*) from payments.sandbox_payments where order_id = held.order_id) as charges,
            (select count(*) from payments.sandbox_sessions where order_id = held.order_id) as pages,
            (select count(*) from notifications.mails where order_id = held.order_id) as mails
       from orders.orders as held`,
  );
}

const paidOnce = { status: "paid", attempts: 1, captures: 1n, charges: 1n, pages: 1n, mails: 1n };

async function killAndRecover(site: Site, point: Point): Promise<void> {
  const first = await startServing(site);
  const tea = await givenProduct(first);
  const client = openStoreClient(first);
  const body = orderOf(await add(client, tea.priceId));
  await first.stop();

  const victim = await startServing(site, { FAILPOINTS: `${point}:kill` });
  const heard = await buy(victim, openStoreClient(victim, client.cookies), body);
  await victim.killed();
  const [{ orders } = { orders: 0n }] = await ask<{ orders: bigint }>(
    site.db,
    "select count(*) as orders from orders.orders",
  );
  assert.equal(orders, points[point] ? 1n : 0n);

  const heir = await startServing(site);
  const again = openStoreClient(heir, client.cookies);
  const order = await buy(heir, again, body);
  if (heard) assert.equal(order?.id, heard.id);
  await eventually("the order is paid", async () => {
    const { status } = await again.ask<ShownOrder>("POST", `/api/store/orders/${order?.id}/return`);
    return status === "paid";
  });
  await untilDrained(site.db);
  assert.deepEqual(await booksOf(site), [paidOnce]);
  await assertVerified(site.url);
  await heir.kill();
  await site.close();
}

describe("a process that is killed between the click and the mail", { concurrency: 2 }, () => {
  test("passes every point that we know of", async () => {
    const site = await givenSite();
    const server = await startServing(site, { TRACE: "1" });
    const tea = await givenProduct(server);
    const client = openStoreClient(server);
    await buy(server, client, orderOf(await add(client, tea.priceId)));
    await eventually("the mail is there", async () => (await booksOf(site))[0]?.mails === 1n);
    await untilDrained(site.db);
    const passed = new Set(server.passed);
    assert.deepEqual(
      Object.keys(points).filter((point) => !passed.has(point)),
      [],
    );
    await server.kill();
  });

  for (const point of Object.keys(points) as Point[]) {
    test(`loses and doubles nothing when it dies at ${point}`, async () => killAndRecover(await givenSite(), point));
  }
});
