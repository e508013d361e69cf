import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { type Answered, givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const path = "/api/v1/orders/";
const inFlight = 30;
/** Each payment takes so long, so that the signal finds requests in the middle of it. */
const slow = { FAILPOINTS: "after-charge:delay=500" };

function bodyOf(key: string) {
  const items = [{ product_name: "Tea", quantity: 3, unit_price: 0.1 }];
  return { customer_email: `${key}@example.com`, customer_name: "Ann", items, currency: "USD" };
}

/** Sends an order; undefined when the server had closed its port or the connection before it took the request. */
function place(server: ServingProcess, key: string): Promise<Answered | undefined> {
  return server.send("POST", path, { key, body: bodyOf(key) }).catch(() => undefined);
}

const keys = Array.from({ length: inFlight }, (_, index) => `key-${index}`);
const lateKeys = keys.map((key) => `late-${key}`);

/** What was under way is finished; what came later is finished, turned away, or never taken. */
function assertAnswered(early: readonly (Answered | undefined)[], late: readonly (Answered | undefined)[]): void {
  for (const answer of early) assert.match(answer?.text ?? "no answer", /"status":"paid"/);
  for (const answer of late) assert.ok([undefined, 201, 503].includes(answer?.status), answer?.text);
}

/** Starts the next process, lets every client repeat what it sent, and looks at the books when all is done. */
async function repeatAll(site: Site, repeated: readonly string[]): Promise<(Answered | undefined)[]> {
  const heir = await startServing(site);
  await untilDrained(site.db);
  const answers = await Promise.all(repeated.map((key) => place(heir, key)));
  for (const answer of answers) assert.equal(answer?.status, 201, answer?.text);
  await untilDrained(site.db);
  const books = await readBooks(site.db);
  assert.equal(books.length, repeated.length);
  for (const one of books) assertPaidOnce(one);
  await assertVerified(site.url);
  assert.equal(await heir.stop(), 0);
  return answers;
}

describe("a process that is asked to stop", { concurrency: 2 }, () => {
  for (const signals of [1, 2]) {
    test(`answers what is in flight and ends with 0 after ${signals} SIGTERM`, async () => {
      const site = await givenSite();
      const server = await startServing(site, slow);
      const early = Promise.all(keys.map((key) => place(server, key)));
      await eventually("all are committed", async () => (await readBooks(site.db)).length === inFlight);
      for (let sent = 0; sent < signals; sent += 1) server.signal("SIGTERM");
      const late = await Promise.all(lateKeys.map((key) => place(server, key)));
      const answers = await early;
      assert.deepEqual(await server.exited, { code: 0, signal: null }, server.log());
      assertAnswered(answers, late);
      const taken = late.filter((answer) => answer?.status === 201);
      assert.equal((await readBooks(site.db)).length, inFlight + taken.length);

      const again = await repeatAll(site, [...keys, ...lateKeys]);
      for (const [index, answer] of answers.entries()) assert.equal(again[index]?.text, answer?.text);
    });
  }

  test("loses nothing when patience ends with SIGKILL", async () => {
    const site = await givenSite();
    const server = await startServing(site, { FAILPOINTS: "after-charge:hang" });
    const early = keys.map((key) => place(server, key));
    await eventually("orders are committed", async () => (await readBooks(site.db)).length > 0);
    server.signal("SIGTERM");
    server.signal("SIGTERM");
    await server.kill();
    for (const answer of await Promise.all(early)) assert.notEqual(answer?.status, 201);

    await repeatAll(site, keys);
  });
});
