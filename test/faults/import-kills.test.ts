import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cancelImport } from "../../src/imports/cancel-import.ts";
import { getImport } from "../../src/imports/find-imports.ts";
import type { ImportOptions } from "../../src/imports/import-options.ts";
import { pauseImport } from "../../src/imports/pause-import.ts";
import { resumeImport } from "../../src/imports/resume-import.ts";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { ann } from "../support/given-imports.ts";
import { assertExact, receiveFile, soundOrders, untilOver } from "../support/import-under-fire.ts";
import { givenSite, startWorking } from "../support/serve.ts";

const recorded = { payment: "recorded", auto_start: true } as const;
const watched = { payment: "recorded" } as const;
const charged = { payment: "charge", auto_start: true } as const;

/** Every point of an import, at which visits it dies, and how the import is brought there. */
const points: readonly (readonly [point: string, visits: readonly number[], options: Partial<ImportOptions>])[] = [
  ["after-import-claim", [1], recorded],
  ["before-import-reading", [1], recorded],
  ["inside-import-read", [1, 2], recorded],
  ["after-import-read", [1], recorded],
  ["inside-import-merge", [1, 2], recorded],
  ["inside-import-check", [1, 2], watched],
  ["before-import-ready", [1], watched],
  ["before-import-piece", [1, 3], recorded],
  ["inside-import-piece", [1, 3, 6], watched],
  ["after-import-piece", [1, 3], recorded],
  ["inside-payments-start", [1], charged],
  ["after-payments-start", [2], charged],
  ["before-import-complete", [1], charged],
  ["inside-import-complete", [1], recorded],
  ["after-import-complete", [1], recorded],
];

describe("a process that is killed while it imports a file", { concurrency: 2 }, () => {
  for (const [point, visits, options] of points)
    for (const visit of visits)
      test(`loses and doubles nothing when it dies at visit ${visit} of ${point}`, async () => {
        const site = await givenSite();
        const received = await receiveFile(site, options);
        const victim = await startWorking(site, { FAILPOINTS: `${point}@${visit}:kill` });
        const over = untilOver(site, received);
        await victim.killed();
        const heir = await startWorking(site);
        await assertExact(site, await over);
        await heir.kill();
        await site.close();
      });
});

describe("an import that several work on", { concurrency: 2 }, () => {
  test("is left by a process that slept past its lease to the one that took it over", async () => {
    const site = await givenSite();
    const received = await receiveFile(site, recorded);
    const sleeper = await startWorking(site, { FAILPOINTS: "inside-import-piece@2:block=4000" });
    const neighbour = await startWorking(site);
    await assertExact(site, await untilOver(site, received));
    await Promise.all([sleeper.kill(), neighbour.kill()]);
    await site.close();
  });

  test("goes on elsewhere when its process is told to end in the middle", async () => {
    const site = await givenSite();
    const received = await receiveFile(site, recorded);
    const leaver = await startWorking(site, { FAILPOINTS: "after-import-piece:delay=200" });
    await eventually("orders are placed", async () => (await getImport(site.db, received.uid)).ordersPlaced > 0);
    assert.equal(await leaver.stop(), 0);
    const left = await getImport(site.db, received.uid);
    assert.equal(left.status, "running");
    assert.ok(left.ordersPlaced < soundOrders, `${left.ordersPlaced} orders were placed.`);
    const heir = await startWorking(site);
    await assertExact(site, await untilOver(site, received));
    await heir.kill();
    await site.close();
  });

  test("rests where it is when it is paused, and goes on from there", async () => {
    const site = await givenSite();
    const asked = { uid: (await receiveFile(site, recorded)).uid, by: ann };
    const worker = await startWorking(site, { FAILPOINTS: "after-import-piece:delay=2000" });
    await eventually("orders are placed", async () => (await getImport(site.db, asked.uid)).ordersPlaced > 0);
    await site.db.transaction((tx) => pauseImport(tx, asked, new Date()));
    await eventually("its job has ended", async () => {
      const jobs = await ask(
        site.db,
        "select from graphile_worker._private_jobs where payload ->> 'importUid' is not null",
      );
      return jobs.length === 0;
    });
    const rests = await getImport(site.db, asked.uid);
    assert.ok(rests.ordersPlaced < soundOrders, `${rests.ordersPlaced} orders were placed.`);
    await site.db.transaction((tx) => resumeImport(tx, asked, new Date()));
    await assertExact(site, await untilOver(site, rests));
    await worker.kill();
    await site.close();
  });

  test("places nothing more once it is cancelled, and keeps what it placed", async () => {
    const site = await givenSite();
    const { uid } = await receiveFile(site, recorded);
    const worker = await startWorking(site, { FAILPOINTS: "after-import-piece:delay=100" });
    await eventually("orders are placed", async () => (await getImport(site.db, uid)).ordersPlaced > 0);
    const cancelled = await site.db.transaction((tx) => cancelImport(tx, { uid, by: ann }, new Date()));
    await untilDrained(site.db);
    const after = await getImport(site.db, uid);
    assert.deepEqual([after.status, after.ordersPlaced], ["cancelled", cancelled.ordersPlaced]);
    const placed = await ask(site.db, "select count(*) as orders from orders.orders");
    assert.deepEqual(placed, [{ orders: BigInt(cancelled.ordersPlaced) }]);
    await assertVerified(site.url);
    await worker.kill();
    await site.close();
  });

  test("comes twice at once and each of its orders once", async () => {
    const site = await givenSite();
    const first = await receiveFile(site, recorded);
    const second = await receiveFile(site, { ...recorded, again: true });
    assert.notEqual(first.uid, second.uid);
    const workers = await Promise.all([startWorking(site), startWorking(site)]);
    const [one, other] = await Promise.all([untilOver(site, first), untilOver(site, second)]);
    assert.equal(one.ordersPlaced + other.ordersPlaced, soundOrders);
    assert.equal(one.ordersDuplicate + other.ordersDuplicate, soundOrders);
    await untilDrained(site.db);
    await assertVerified(site.url);
    await Promise.all(workers.map((worker) => worker.kill()));
    await site.close();
  });
});
