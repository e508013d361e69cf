import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { type Answered, givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const path = "/api/v1/orders/";
const keys = ["kill-a", "kill-b", "kill-c"];

const body = {
  customer_email: "tanaka@example.co.jp",
  customer_name: "田中太郎",
  items: [{ product_name: "ノートPC", quantity: 2, unit_price: 89800 }],
};

/** Places an order for each key at once; undefined stands for a connection that broke. */
async function placeAll(server: ServingProcess): Promise<(Answered | undefined)[]> {
  return Promise.all(keys.map((key) => server.send("POST", path, { key, body }).catch(() => undefined)));
}

function idOf(answered: Answered): bigint {
  return BigInt(/^\{"id":(\d+),/.exec(answered.text)?.[1] ?? "0");
}

/** The points that an order passes from the first byte to the mail, and whether orders are committed before the first visit. */
const points = {
  "before-place": false,
  "inside-place": false,
  "after-place": true,
  "after-charge": true,
  "inside-settle": true,
  "after-settle": true,
  "inside-telling": true,
  "after-telling": true,
  "before-feed-commit": true,
} as const;
type Point = keyof typeof points;

const long = process.env.CHAOS === "long";
const visits = long ? [1, 2, 3, 4] : [1, 2];

/** Kills at the point, starts again, and lets clients repeat what they sent: nothing is lost and nothing done twice. */
async function killAndRecover(site: Site, point: Point, visit: number): Promise<void> {
  const victim = await startServing(site, { FAILPOINTS: `${point}@${visit}:kill` });
  const first = await placeAll(victim);
  // Late visits happen or not, as timers have it: who was not killed there is killed when all is done.
  if (visit > 1) await Promise.race([victim.exited, untilDrained(site.db)]);
  if (visit > 1) await victim.kill();
  await victim.killed();

  const heir = await startServing(site);
  await untilDrained(site.db);
  const before = await readBooks(site.db);
  if (visit === 1) assert.equal(before.length > 0, points[point], `${before.length} orders were placed`);
  for (const books of before) assertPaidOnce(books);

  const second = await placeAll(heir);
  const third = await placeAll(heir);
  for (const [index, answer] of second.entries()) {
    assert.equal(answer?.status, 201, answer?.text);
    assert.equal(third[index]?.headers.get("idempotent-replayed"), "true");
    assert.equal(third[index]?.text, answer.text);
    // What was acknowledged before the kill is what is answered after it.
    if (first[index]) assert.equal(first[index].text, answer.text);
  }
  await untilDrained(site.db);
  const books = await readBooks(site.db);
  assert.deepEqual(
    books.map(({ orderId }) => orderId),
    second.flatMap((answer) => (answer ? [idOf(answer)] : [])).sort((one, other) => Number(one - other)),
  );
  for (const one of books) assertPaidOnce(one);
  await assertVerified(site.url);
  await heir.kill();
  await site.close();
}

describe("a process that is killed between the first byte and the mail", { concurrency: 2 }, () => {
  test("passes every point that we know of", async () => {
    const site = await givenSite();
    const server = await startServing(site, { TRACE: "1" });
    await placeAll(server);
    await untilDrained(site.db);
    await server.kill();
    assert.deepEqual([...new Set(server.passed)].sort(), Object.keys(points).sort());
  });

  for (const point of Object.keys(points) as Point[]) {
    for (const visit of visits) {
      test(`loses and doubles nothing when it dies at visit ${visit} of ${point}`, async () =>
        killAndRecover(await givenSite(), point, visit));
    }
  }

  test("gives money back once when it dies after the refund", async () => {
    const site = await givenSite();
    const victim = await startServing(site, { FAILPOINTS: "after-refund:kill" });
    const order = await victim.send("POST", path, { key: "first", body });
    await victim.send("DELETE", `${path}${idOf(order)}`, { key: "cancel" }).catch(() => undefined);
    await victim.killed();

    const heir = await startServing(site);
    const again = await heir.send("DELETE", `${path}${idOf(order)}`, { key: "cancel" });
    assert.equal(again.status, 200, again.text);
    await untilDrained(site.db);
    const books = await ask(
      site.db,
      `select status, captured_minor, refunded_minor, refunding_minor,
              (select count(*) from payments.sandbox_refunds) as refunds,
              (select count(*) from payments.money_entries where kind = 'refund') as entries,
              (select count(*) from notifications.mails where kind = 'order_cancelled') as mails
         from orders.orders`,
    );
    assert.deepEqual(books, [
      {
        status: "cancelled",
        capturedMinor: 179_600n,
        refundedMinor: 179_600n,
        refundingMinor: 0n,
        refunds: 1n,
        entries: 1n,
        mails: 1n,
      },
    ]);
    await assertVerified(site.url);
    await heir.kill();
  });

  test("settles a payment once when it dies after the reconciler was answered", async () => {
    const site = await givenSite();
    const lost = { ...body, customer_email: "loses-reply@example.com" };
    const victim = await startServing(site, { FAILPOINTS: "after-reconcile-answer:kill" });
    const answer = await victim.send("POST", path, { key: "lost", body: lost });
    assert.match(answer.text, /"status":"payment_processing"/);
    await victim.killed();

    const heir = await startServing(site);
    await eventually("the payment is settled", async () => (await readBooks(site.db))[0]?.status === "paid");
    await untilDrained(site.db);
    for (const books of await readBooks(site.db)) assertPaidOnce(books);
    await assertVerified(site.url);
    await heir.kill();
  });
});
