import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Db, openDb } from "../../src/platform/db.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { type OwnCluster, ownCluster } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { insist, ordersPath, orderWish } from "../support/insist.ts";
import { givenFolder, type ServingProcess, type StartedProcess, startServing, startWorking } from "../support/serve.ts";

const awayMs = process.env.CHAOS === "long" ? 180_000 : 6_000;
const lookEveryMs = 200;
const orders = 20;

describe("a database that is away for long (N07)", () => {
  let cluster: OwnCluster;
  let db: Db;
  let server: ServingProcess;
  let worker: StartedProcess;

  before(async () => {
    cluster = await ownCluster({ max_connections: "60" });
    const ground = { url: cluster.url, dataDir: await givenFolder() };
    server = await startServing(ground, { SERVE_JOBS: "elsewhere" });
    worker = await startWorking(ground);
    db = openDb({ url: cluster.url, applicationName: "orderwell test", connections: 2 });
  });
  after(async () => {
    await Promise.all([server?.kill(), worker?.kill()]);
    await db?.close();
    await cluster?.remove();
  });

  async function statusOf(path: string): Promise<number> {
    return (await server.send("GET", path)).status;
  }

  /** Whoever comes hears at once that it should come later, and the process neither claims to be ready nor dead. */
  async function lookWhileAway(): Promise<void> {
    const until = performance.now() + awayMs;
    for (let turn = 0; performance.now() < until; turn += 1) {
      assert.equal(await statusOf("/health/live"), 200);
      assert.equal(await statusOf("/health/ready"), 503);
      const { body } = orderWish(`away-${turn}`);
      const answers = [
        await server.send("POST", ordersPath, { key: `away-${turn}`, body }),
        await server.send("GET", ordersPath),
      ];
      for (const { status, headers, text } of answers) {
        assert.equal(status, 503, text);
        assert.ok(Number(headers.get("retry-after")) > 0);
        assert.match(text, /"code":"http.unavailable"/);
      }
      await sleep(lookEveryMs);
    }
  }

  test("leaves processes that live, refuse, and go on by themselves when it is back", async () => {
    const place = (key: string) => insist(orderWish(key), () => server);
    const keys = Array.from({ length: orders }, (_, index) => `before-${index}`);
    // Their letters and their places in the feed are still to come when it goes.
    const answers = await Promise.all(keys.map(place));
    await cluster.whileAway(lookWhileAway);

    await eventually("it is ready again", async () => (await statusOf("/health/ready")) === 200);
    await Promise.all(Array.from({ length: orders }, (_, index) => place(`away-${index}`)));
    await untilDrained(db);
    const books = await readBooks(db);
    assert.equal(books.length, 2 * orders, "what was refused left nothing");
    for (const one of books) assertPaidOnce(one);
    assert.deepEqual(
      (await Promise.all(keys.map(place))).map(({ text }) => text),
      answers.map(({ text }) => text),
    );
    await assertVerified(cluster.url);
    assert.equal(await server.stop(), 0);
    assert.equal(await worker.stop(), 0);
  });
});
