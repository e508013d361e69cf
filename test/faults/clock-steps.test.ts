import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { insist, orderIdOf, orderWish } from "../support/insist.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";
import { type Told, tellServer } from "../support/signed-webhook.ts";

const hourMs = 3_600_000;
const skewMs = 6 * hourMs;
const orders = 20;
const clock = new URL("../fakes/skewed-clock.ts", import.meta.url).href;

/** Tokens grow when a lease changes hands. Chores that are done rarely hold theirs longer. */
const leases = `
  select max(token) as tokens, max(lease_until) < clock_timestamp() + interval '1 minute' as near
    from platform.leases
   where name in ('sequencer', 'janitor', 'reconciler')`;

/** Two nodes whose clocks are hours apart, and step towards and past each other while they work. */
describe("clocks that are wrong and step (K7)", { concurrency: 1 }, () => {
  let site: Site;
  let right: ServingProcess;
  let ahead: ServingProcess;
  let placed = 0;

  before(async () => {
    site = await givenSite();
    const skewed = (now: number, later: number) => ({
      NODE_OPTIONS: `--import ${clock}`,
      SKEW_MS: `${now}`,
      SKEW_LATER_MS: `${later}`,
    });
    right = await startServing(site, skewed(0, -skewMs));
    ahead = await startServing(site, skewed(skewMs, 0));
  });
  after(() => Promise.all([right?.kill(), ahead?.kill()]));

  /** Places orders at both nodes, and has each shown again by the other. */
  async function placeAll(name: string): Promise<void> {
    const nodes = [right, ahead] as const;
    await Promise.all(
      Array.from({ length: orders }, async (_, turn) => {
        const wish = orderWish(`${name}-${turn}`);
        const { text } = await insist(wish, () => nodes[turn % 2]);
        const again = await insist(wish, () => nodes[(turn + 1) % 2]);
        assert.equal(again.text, text);
      }),
    );
    placed += orders;
  }

  async function assertWhole(): Promise<void> {
    await untilDrained(site.db);
    const books = await readBooks(site.db);
    assert.equal(books.length, placed);
    for (const one of books) assertPaidOnce(one);
    await assertVerified(site.url);
  }

  test("lose, double and hold up nothing while they are apart", async () => {
    await placeAll("apart");
    await assertWhole();
  });

  test("lose, double and hold up nothing when they step back while orders are under way", async () => {
    const placing = placeAll("stepping");
    right.signal("SIGUSR2");
    ahead.signal("SIGUSR2");
    await placing;
    await placeAll("stepped");
    await assertWhole();
  });

  test("take no lease from a process that lives, since leases go by the database's time", async () => {
    const [lasting] = await ask(site.db, leases);
    assert.equal(lasting?.near, true, "by whose clock would they last for hours?");
    await placeAll("leased");
    await assertWhole();
    assert.deepEqual(await ask(site.db, leases), [lasting]);
  });

  test("refuse news that is signed hours away from their own time, and change nothing", async () => {
    const answer = await insist(orderWish("signed"), () => ahead);
    placed += 1;
    const orderId = orderIdOf(answer);
    const [charged] = await ask<{ paymentId: string }>(
      site.db,
      "select payment_id from payments.sandbox_payments where order_id = $1",
      [orderId],
    );
    const news = { webhookId: "msg_signed", status: "succeeded", amount: "0.30", currency: "USD" } as const;
    const told: Told = { ...news, orderId, paymentId: charged?.paymentId ?? "" };
    // The node that was right is six hours late by now, and the other one is right.
    assert.equal((await tellServer(right, told)).status, 400);
    assert.equal((await tellServer(ahead, told)).status, 200);
    await assertWhole();
  });
});
