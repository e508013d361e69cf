import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Db, openDb } from "../../src/platform/db.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { asSuperuser, type OwnCluster, ownCluster } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { chaosSeed, randomFrom } from "../support/random.ts";
import { givenFolder, type ServingProcess, startServing } from "../support/serve.ts";

const path = "/api/v1/orders/";
const clients = 20;
const faultsMs = process.env.CHAOS === "long" ? 300_000 : 25_000;
const betweenFaultsMs = { least: 1_000, more: 3_000 };
const patienceMs = 60_000; // For one key, faults included; what takes longer counts as stuck.

/** What one client did with one key, in its order: an answer's status, or 0 where the connection broke. */
interface Operation {
  readonly key: string;
  readonly statuses: number[];
  /** The answer that acknowledged the order. */
  acknowledged?: string;
}

function bodyOf(key: string) {
  const items = [{ product_name: `Tea for ${key}`, quantity: 3, unit_price: 0.1 }];
  return { customer_email: `${key}@example.com`, customer_name: "Ann", items, currency: "USD" };
}

/** Sends an order until it is acknowledged, as a careful client does: with one key, waiting after each 503 and 409. */
async function place(server: ServingProcess, operation: Operation): Promise<void> {
  const { key, statuses } = operation;
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const answer = await server.send("POST", path, { key, body: bodyOf(key) });
    statuses.push(answer.status);
    if (answer.status === 201) {
      operation.acknowledged = answer.text;
      return;
    }
    assert.ok(answer.status === 503 || (answer.status === 409 && statuses.length > 1), `${statuses}: ${answer.text}`);
    assert.ok(Number(answer.headers.get("retry-after")) > 0, "says when to come again");
    await sleep(100);
  }
  assert.fail(`${key} is stuck: ${statuses}`);
}

/** Places orders one after the other until the signal; answers everything that it did. */
async function work(server: ServingProcess, name: string, ended: AbortSignal): Promise<Operation[]> {
  const operations: Operation[] = [];
  while (!ended.aborted) {
    const operation: Operation = { key: `${name}-${operations.length}`, statuses: [] };
    operations.push(operation);
    await place(server, operation);
  }
  return operations;
}

/** All sessions drop and the server recovers, as after any crash of one of its processes. */
async function killBackend(cluster: OwnCluster): Promise<void> {
  const pid = await asSuperuser(cluster.superuserUrl, async (client) => {
    const { rows } = await client.query("select pid from pg_stat_activity where application_name = 'orderwell serve'");
    return rows[0]?.pid as number | undefined;
  });
  if (pid !== undefined) process.kill(pid, "SIGKILL");
  await eventually("the database answers again", () =>
    asSuperuser(cluster.superuserUrl, async (client) => {
      const { rows } = await client.query("select from pg_stat_activity where pid = $1", [pid ?? 0]);
      return rows.length === 0;
    }),
  );
}

describe(`a database that crashes under load (CHAOS_SEED=${chaosSeed})`, () => {
  let cluster: OwnCluster;
  let db: Db;
  let server: ServingProcess;

  before(async () => {
    cluster = await ownCluster({ max_connections: "60" });
    server = await startServing({ url: cluster.url, dataDir: await givenFolder() });
    db = openDb({ url: cluster.url, applicationName: "orderwell test", connections: 2 });
  });
  after(async () => {
    await server?.kill();
    await db?.close();
    await cluster?.remove();
  });

  async function crashAgainAndAgain(): Promise<number> {
    const random = randomFrom(chaosSeed);
    const until = performance.now() + faultsMs;
    let faults = 0;
    while (performance.now() < until) {
      await sleep(betweenFaultsMs.least + random() * betweenFaultsMs.more);
      if (faults % 3 === 2) await killBackend(cluster);
      else await cluster.crash("SIGQUIT");
      faults += 1;
    }
    return faults;
  }

  test("loses no acknowledged order, doubles none, and the process lives", async () => {
    const ended = new AbortController();
    const working = Array.from({ length: clients }, (_, index) => work(server, `client-${index}`, ended.signal));
    const finished = Promise.all(working);
    const faults = await Promise.race([
      crashAgainAndAgain(),
      finished.then(() => assert.fail("The clients stopped by themselves.")),
      server.exited.then((how) => assert.fail(`The server ended: ${JSON.stringify(how)}\n${server.log()}`)),
    ]).finally(() => ended.abort());
    const history = (await finished).flat();
    assert.ok(faults >= 3, `${faults} faults`);
    assert.ok(
      history.some(({ statuses }) => statuses.length > 1),
      "the faults were felt",
    );

    await untilDrained(db);
    const books = await readBooks(db);
    for (const one of books) assertPaidOnce(one);
    const held = new Set(books.map(({ orderId }) => orderId));
    assert.equal(held.size, history.length, "each key has one order");
    for (const { key, acknowledged = "" } of history) {
      const orderId = BigInt(/^\{"id":(\d+),/.exec(acknowledged)?.[1] ?? "0");
      assert.ok(held.delete(orderId), `the order of ${key}, acknowledged as ${orderId}, is there`);
    }
    for (const { key, acknowledged } of history.slice(-clients)) {
      const again = await server.send("POST", path, { key, body: bodyOf(key) });
      // Where the outcome could not be written down, the first answer said so; the repeat tells how it came out.
      if (!acknowledged?.includes('"status":"payment_processing"')) assert.equal(again.text, acknowledged);
      else assert.equal(/^\{"id":\d+,/.exec(again.text)?.[0], /^\{"id":\d+,/.exec(acknowledged)?.[0]);
    }
    await assertVerified(cluster.url);
    assert.equal((await server.send("GET", "/health/ready")).status, 200);
    assert.equal(await server.stop(), 0);
  });
});
