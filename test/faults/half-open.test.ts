import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { type DatabaseProxy, openProxy } from "../support/database-proxy.ts";
import { eventually } from "../support/eventually.ts";
import { insist, orderWish } from "../support/insist.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const timeoutMs = 400;
const orders = 30;
const connections = 10; // More than one statement after the other could find out about in the time of a test.

const listening = /^LISTEN/i;

/** No machine, no cable and no proxy tells us any more what it does with our packets. */
describe("a connection whose other end went without a word", { concurrency: 1 }, () => {
  let site: Site;
  let proxy: DatabaseProxy;
  let server: ServingProcess;
  let placed = 0;

  before(async () => {
    site = await givenSite();
    proxy = await openProxy(site.url);
    const settings = { DATABASE_TIMEOUT_MS: `${timeoutMs}`, DATABASE_CONNECTIONS: `${connections}` };
    server = await startServing({ ...site, url: proxy.url }, settings);
  });
  after(() => server.kill());

  /** Places orders at once, so that many connections are used, and answers how often each was sent. */
  async function placeAll(name: string): Promise<number[]> {
    const keys = Array.from({ length: orders }, (_, index) => `${name}-${index}`);
    const tries = await Promise.all(
      keys.map(async (key) => {
        const statuses: number[] = [];
        await insist(orderWish(key), () => server, statuses);
        return statuses.length;
      }),
    );
    placed += orders;
    return tries;
  }

  async function assertWhole(): Promise<void> {
    await untilDrained(site.db);
    const books = await readBooks(site.db);
    assert.equal(books.length, placed);
    for (const one of books) assertPaidOnce(one);
    await assertVerified(site.url);
  }

  test("is given up in its time, and all like it are replaced before they are used", async () => {
    await placeAll("warm");
    // Reads open one connection each, so that the pool is full.
    await Promise.all(Array.from({ length: connections * 4 }, () => server.send("GET", "/api/v1/orders/")));
    assert.ok(proxy.setOpen({ kind: "silent" }) > 2);
    const tries = await placeAll("cut-off");
    assert.ok(Math.max(...tries) > 1, "it was felt");
    await assertWhole();
  });

  test("answers 503 meanwhile, is not ready but lives, and recovers alone when everything is silent", async () => {
    proxy.set({ kind: "silent" });
    proxy.setOpen({ kind: "silent" });
    const answer = await server.send("POST", "/api/v1/orders/", { body: orderWish("silent").body });
    assert.equal(answer.status, 503, answer.text);
    assert.ok(Number(answer.headers.get("retry-after")) > 0);
    assert.equal((await server.send("GET", "/health/ready")).status, 503);
    assert.equal((await server.send("GET", "/health/live")).status, 200);
    proxy.set({ kind: "pass" });
    await placeAll("back");
    await eventually("it is ready", async () => (await server.send("GET", "/health/ready")).status === 200);
    // What was sent without a key may have been carried out: its answer was "later", not "no".
    placed = (await readBooks(site.db)).length;
    await assertWhole();
  });

  test("that brings the notices of new jobs makes them late and nothing else (E12)", async () => {
    assert.ok(proxy.setOpen({ kind: "silent" }, listening) > 0);
    const tries = await placeAll("unheard");
    assert.deepEqual([...new Set(tries)], [1]);
    await assertWhole();
    assert.deepEqual(await ask(site.db, "select count(*) as jobs from graphile_worker._private_jobs"), [{ jobs: 0n }]);
  });
});
