import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { type BatchAnswer, draftBody } from "../support/draft-bodies.ts";
import { type Answered, givenSite, type ServingProcess, startServing } from "../support/serve.ts";

const orders = 60;
const body = Array.from({ length: orders }, (_, index) => draftBody(`W-${index}`));
const key = "batch";

function placeAll(server: ServingProcess, headers = {}): Promise<Answered> {
  return server.send("POST", "/api/v2/orders/batch", { body, ...headers });
}

function readBatch(answer: Answered | undefined): BatchAnswer {
  assert.equal(answer?.status, 202, answer?.text);
  return JSON.parse(answer?.text ?? "");
}

const long = process.env.CHAOS === "long";

/** The points that a batch passes until it is paid, and whether its orders are committed there. */
const batchPoints = {
  "inside-batch": false,
  "after-batch": true,
  "after-payments-start": true,
  "after-charge": true,
  ...(long ? { "inside-payments-start": true, "inside-settle": true, "after-settle": true } : {}),
} as const;

describe("a process that is killed while it takes in a batch", { concurrency: 2 }, () => {
  for (const [point, placed] of Object.entries(batchPoints)) {
    test(`leaves all of it or nothing, and charges no order twice, at ${point}`, async () => {
      const site = await givenSite();
      const victim = await startServing(site, { FAILPOINTS: `${point}:kill` });
      const first = await placeAll(victim, { key }).catch(() => undefined);
      await victim.killed();

      const heir = await startServing(site);
      await untilDrained(site.db);
      assert.equal((await readBooks(site.db)).length, placed ? orders : 0);
      const second = await placeAll(heir, { key });
      if (placed) assert.equal(second.headers.get("idempotent-replayed"), "true");
      if (first) assert.equal(second.text, first.text);
      await untilDrained(site.db);
      const books = await readBooks(site.db);
      assert.equal(books.length, orders);
      for (const one of books) assertPaidOnce(one);

      const again = await heir.send("POST", "/api/v2/orders/batch", { body });
      assert.equal((JSON.parse(again.text) as BatchAnswer).duplicates, orders);
      assert.equal(readBatch(second).placed, orders);
      await assertVerified(site.url);
      await heir.kill();
      await site.close();
    });
  }
});

/** The points that one order of v2 passes, and whether it is committed there. */
const orderPoints = {
  "after-place": true,
  "after-settle": true,
  ...(long ? { "before-place": false, "inside-place": false, "after-charge": true, "inside-settle": true } : {}),
} as const;

describe("a process that is killed while it takes in an order of v2", { concurrency: 2 }, () => {
  for (const [point, placed] of Object.entries(orderPoints)) {
    test(`leaves one that is paid once and answered as v2 shows it, at ${point}`, async () => {
      const site = await givenSite();
      const victim = await startServing(site, { FAILPOINTS: `${point}:kill` });
      await victim.send("POST", "/api/v2/orders", { key, body: body[0] }).catch(() => undefined);
      await victim.killed();

      const heir = await startServing(site);
      await untilDrained(site.db);
      assert.equal((await readBooks(site.db)).length, placed ? 1 : 0);
      const second = await heir.send("POST", "/api/v2/orders", { key, body: body[0] });
      const third = await heir.send("POST", "/api/v2/orders", { key, body: body[0] });
      assert.equal(second.status, 201, second.text);
      assert.deepEqual([third.text, third.headers.get("idempotent-replayed")], [second.text, "true"]);
      const { id, status, external_reference: reference } = JSON.parse(second.text);
      assert.deepEqual([status, reference], ["paid", "W-0"]);
      assert.equal(JSON.parse((await heir.send("GET", `/api/v2/orders/${id}`)).text).id, id);
      await untilDrained(site.db);
      const [books, ...others] = await readBooks(site.db);
      assert.ok(books && others.length === 0);
      assertPaidOnce(books);
      await assertVerified(site.url);
      await heir.kill();
      await site.close();
    });
  }
});
