import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { settlePayments } from "../../src/orders/index.ts";
import { ask } from "../support/ask.ts";
import { assertPaidOnce, assertVerified, type OrderBooks, readBooks, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { policy } from "../support/given-orders.ts";
import { chaosSeed, randomFrom } from "../support/random.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";
import { type Told, tellServer } from "../support/signed-webhook.ts";

const path = "/api/v1/orders/";
const long = process.env.CHAOS === "long";
const seeds = long ? 1000 : 50;
const lanes = 5; // Orders under way at once: enough for sets of several, few enough that each meets its own webhook.

interface Charged {
  readonly orderId: bigint;
  readonly paymentId: string;
}

/** The payment that the embedded service took from this customer, once it has. */
async function chargeOf(site: Site, email: string): Promise<Charged> {
  const found = () =>
    ask<Charged>(
      site.db,
      `select order_id, payment_id from payments.sandbox_payments join orders.orders using (order_id)
        where customer_email = $1`,
      [email],
    );
  let charged: Charged | undefined;
  await eventually(`${email} is charged`, async () => {
    [charged] = await found();
    return charged !== undefined;
  });
  return charged as Charged;
}

function bodyOf(email: string) {
  const items = [{ product_name: "Tea", quantity: 3, unit_price: 0.1 }];
  return { customer_email: email, customer_name: "Ann", items, currency: "USD" };
}

const amount = "0.30";

function paidNews({ orderId, paymentId }: Charged, webhookId: string): Told {
  return { orderId, paymentId, webhookId, status: "succeeded", amount, currency: "USD" };
}

/** What became of the webhooks told for an order, once all of them were worked on. */
async function outcomesOf(site: Site, orderId: bigint): Promise<string[]> {
  let rows: { state: string; outcome: string }[] = [];
  await eventually(`the webhooks of order ${orderId} are worked on`, async () => {
    rows = await ask(site.db, "select state, outcome from payments.webhook_inbox where named_order = $1", [
      String(orderId),
    ]);
    return rows.every(({ state }) => state === "worked");
  });
  return rows.map(({ outcome }) => outcome).sort();
}

/** Does the work for each number in a few lanes side by side. */
async function inLanes(count: number, work: (turn: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const turn = next;
      next += 1;
      await work(turn);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function bookOf(site: Site, orderId: bigint): Promise<OrderBooks> {
  const book = (await readBooks(site.db)).find((one) => one.orderId === orderId);
  assert.ok(book, `order ${orderId} is there`);
  return book;
}

describe(`our own completion and the webhook at once (CHAOS_SEED=${chaosSeed})`, () => {
  let site: Site;
  let server: ServingProcess;
  /** Webhooks come to another process, so that nothing but the database stands between the two. */
  let neighbour: ServingProcess;
  const completionMs = 150; // Our own answer is held back for so long; webhooks come up to twice as late, and take a job.
  const settlingMs = 5; // Both sides hold the order for so long, so that they meet.

  before(async () => {
    site = await givenSite();
    const settling = `inside-settle:delay=${settlingMs}`;
    server = await startServing(site, { FAILPOINTS: `after-charge:delay=${completionMs},${settling}` });
    neighbour = await startServing(site, { FAILPOINTS: settling });
  });
  after(() => Promise.all([server.kill(), neighbour.kill()]));

  test(`take the money once, whoever is first, with ${seeds} seeds`, async () => {
    const wins = { webhook: 0, ours: 0 };
    await inLanes(seeds, async (turn) => {
      const seed = chaosSeed + turn;
      const random = randomFrom(seed);
      const email = `seed-${seed}@example.com`;
      const answering = server.send("POST", path, { key: `seed-${seed}`, body: bodyOf(email) });
      const charged = await chargeOf(site, email);
      // Of several, some are the same webhook sent again.
      const told = Array.from({ length: 1 + Math.floor(random() * 3) }, async () => {
        await sleep(random() * 2 * completionMs);
        return tellServer(neighbour, paidNews(charged, `msg_${seed}_${Math.floor(random() * 2)}`));
      });
      const [answer, ...news] = await Promise.all([answering, ...told]);
      assert.equal(answer?.status, 201, `seed ${seed}: ${answer?.text}`);
      assert.match(answer.text, new RegExp(`^\\{"id":${charged.orderId},.*"status":"paid"`), `seed ${seed}`);
      for (const one of news) assert.equal(one.status, 200, `seed ${seed}: ${one.text}`);
      const outcomes = await outcomesOf(site, charged.orderId);
      const first = outcomes.filter((outcome) => outcome === "paid").length;
      assert.ok(first <= 1, `seed ${seed}: ${outcomes}`);
      assert.equal(new Set([...outcomes, "duplicate", "paid"]).size, 2, `seed ${seed}: ${outcomes}`);
      wins[first === 1 ? "webhook" : "ours"] += 1;
    });
    await untilDrained(site.db);
    const books = await readBooks(site.db);
    assert.equal(books.length, seeds);
    for (const one of books) assertPaidOnce(one);
    // A race that one side always wins is none.
    assert.ok(wins.webhook > 0 && wins.ours > 0, JSON.stringify(wins));
    await assertVerified(site.url);
  });
});

describe(`payments whose reply was lost (CHAOS_SEED=${chaosSeed})`, () => {
  let site: Site;
  let server: ServingProcess;

  before(async () => {
    site = await givenSite();
    // Nobody asks for the next hour: what is heard is what this test tells.
    server = await startServing(site, { PAYMENT_CHECK_MS: "3600000" });
  });
  after(() => server.kill());

  async function givenLost(domain: string): Promise<Charged> {
    const email = `loses-reply@${domain}.example.com`;
    const answer = await server.send("POST", path, { key: domain, body: bodyOf(email) });
    assert.match(answer.text, /"status":"payment_processing"/);
    // A customer whose payment is answered: too many lost replies in a row, and the gateway would be left alone.
    await server.send("POST", path, { body: bodyOf(`ann@${domain}.example.com`) });
    return chargeOf(site, email);
  }

  test("take the same webhook ten times at once for one", async () => {
    const charged = await givenLost("ten");
    const news = await Promise.all(Array.from({ length: 10 }, () => tellServer(server, paidNews(charged, "msg_ten"))));
    assert.deepEqual(
      news.map(({ status }) => status),
      news.map(() => 200),
    );
    const answers = news.map(({ text }) => text).sort();
    assert.deepEqual(answers, [
      ...Array.from({ length: 9 }, () => '{"outcome":"duplicate"}'),
      '{"outcome":"received"}',
    ]);
    assert.deepEqual(await outcomesOf(site, charged.orderId), ["paid"]);
    await untilDrained(site.db);
    assertPaidOnce(await bookOf(site, charged.orderId));
  });

  test("take webhooks and settlements of other connections at once for one", async () => {
    const charged = await givenLost("mixed");
    const { orderId, paymentId: reference } = charged;
    const answer = { outcome: "paid", reference, amountMinor: 30n, currency: "USD" } as const;
    const by = { actor: "test", cause: "read back" };
    const settle = () =>
      site.db.transaction((tx) => settlePayments(tx, [{ orderId, attempt: 1, answer, by }], policy, new Date()));
    const settled = Array.from({ length: 5 }, async () => (await settle())[0]?.outcome);
    const told = Array.from({ length: 5 }, (_, index) => tellServer(server, paidNews(charged, `msg_mixed_${index}`)));
    await Promise.all(told);
    const outcomes = [...(await Promise.all(settled)), ...(await outcomesOf(site, orderId))];
    assert.deepEqual(outcomes.sort(), [...Array.from({ length: 9 }, () => "duplicate"), "paid"]);
    await untilDrained(site.db);
    assertPaidOnce(await bookOf(site, charged.orderId));
  });

  test("end the same in whatever order news arrives", async () => {
    const kinds = ["paid", "again", "failed", "mismatched", "charged_back"] as const;
    const news = (charged: Charged, kind: (typeof kinds)[number]): Told => {
      const told = paidNews(charged, `msg_${kind}_${charged.orderId}`);
      if (kind === "failed" || kind === "charged_back") return { ...told, status: kind };
      return kind === "mismatched" ? { ...told, amount: "0.31" } : told;
    };
    const all = permutationsOf(kinds);
    const random = randomFrom(chaosSeed);
    const chosen = long ? all : all.filter(() => random() < 0.2);
    await inLanes(chosen.length, async (turn) => {
      const order = chosen[turn] ?? [];
      const charged = await givenLost(`permutation-${turn}`);
      for (const kind of order) {
        const { status, text } = await tellServer(server, news(charged, kind));
        assert.equal(status, 200, `${order}: ${kind}: ${text}`);
      }
      await outcomesOf(site, charged.orderId);
      const [left] = await ask(
        site.db,
        `select status, captured_minor, charged_back_minor, refunding_minor,
                (select count(*) from payments.money_entries as e where e.order_id = o.order_id) as entries,
                (select count(*) from events.events where stream_id = o.order_id and type = 'OrderConfirmed') as confirmed,
                array(select kind from tasks.tasks as t where t.order_id = o.order_id order by kind) as tasks
           from orders.orders as o
          where order_id = $1`,
        [charged.orderId],
      );
      const expected = { status: "paid", capturedMinor: 30n, chargedBackMinor: 30n, refundingMinor: 0n };
      const tasks = ["chargeback", "payment_mismatch"];
      assert.deepEqual(left, { ...expected, entries: 2n, confirmed: 1n, tasks }, `in the order ${order}`);
    });
    await untilDrained(site.db);
    for (const book of await readBooks(site.db)) assert.equal(book.mails, 1n);
    await assertVerified(site.url);
  });
});

function permutationsOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    permutationsOf(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
