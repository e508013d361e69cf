import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Check } from "typebox/value";
import { ask } from "../../test/support/ask.ts";
import { assertVerified } from "../../test/support/check-books.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { csvOf, receiveText } from "../../test/support/given-csv.ts";
import { ann } from "../../test/support/given-imports.ts";
import { noon, policy } from "../../test/support/given-orders.ts";
import { openPaymentDesk, refundPayment, tellCustomer } from "../orders/index.ts";
import type { ChargeAnswer, ChargeRequest, Gateway } from "../payments/index.ts";
import { sandboxGateway } from "../payments/sandbox-client.ts";
import { fileBlobStore } from "../platform/file-blob-client.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { silentLog } from "../platform/log.ts";
import { getImport } from "./find-imports.ts";
import type { Import } from "./import.ts";
import { importEvents } from "./import-events.ts";
import { importProgress } from "./import-progress-view.ts";
import type { ImportGround } from "./import-run.ts";
import { listImportRows } from "./list-import-rows.ts";
import { pauseImport } from "./pause-import.ts";
import { previewImport } from "./preview-import.ts";
import { resumeImport } from "./resume-import.ts";
import { reviseImport } from "./revise-import.ts";
import { runImport } from "./run-import.ts";
import { workOnImport } from "./run-import-flow.ts";
import { startImport } from "./start-import.ts";

const folder = await mkdtemp(join(tmpdir(), "orderwell-imports-"));
after(() => rm(folder, { recursive: true, force: true }));

type Given = ImportGround & Pick<TestDatabase, "url" | "close">;

/** The sandbox behind whatever a test puts before its charges. */
type Before = (request: ChargeRequest) => ChargeAnswer | undefined | Promise<undefined>;
async function given(before: Before = () => undefined): Promise<Given> {
  const { db, url, close } = await testDatabase();
  await prepareJobs(db, [tellCustomer, refundPayment, runImport]);
  const clock = { now: () => noon };
  const sandbox = sandboxGateway(db, clock, { timeoutMs: 50 });
  const gateway: Gateway = {
    ...sandbox,
    charge: async (request) => (await before(request)) ?? sandbox.charge(request),
  };
  const counter = { db, gateway, clock, policy };
  return { ...counter, desk: openPaymentDesk(counter), blobs: fileBlobStore(folder), log: silentLog, url, close };
}

async function work(ground: Given, { uid }: Import, signal = new AbortController().signal): Promise<Import> {
  await workOnImport(ground, { importUid: uid, signal });
  return getImport(ground.db, uid);
}

const start = ({ db }: Given, { uid }: Import) => db.transaction((tx) => startImport(tx, { uid, by: ann }, noon));
const countsOf = ({ ordersRead, ordersPlaced, ordersRejected, ordersDuplicate, rowsRead, rowsPlaced }: Import) => {
  return { ordersRead, ordersPlaced, ordersRejected, ordersDuplicate, rowsRead, rowsPlaced };
};
const clean = async ({ db, url }: Given) => {
  await ask(db, "delete from graphile_worker._private_jobs where payload ->> 'importUid' is not null");
  // Nobody numbers events here, and nobody writes letters.
  await assertVerified(url, ["I13", "I21", "I12"]);
};

describe("workOnImport", () => {
  test("reads a file until it is ready, and places it when it is started", async () => {
    const ground = await given();
    const received = await receiveText(ground, csvOf(30, { wrongEvery: 10 }));
    const ready = await work(ground, received);
    assert.equal(ready.status, "ready", ready.failureDetail ?? "");
    const read = {
      ordersRead: 30,
      ordersPlaced: 0,
      ordersRejected: 3,
      ordersDuplicate: 0,
      rowsRead: 60,
      rowsPlaced: 0,
    };
    assert.deepEqual(countsOf(ready), read);
    const { faults, orders } = await previewImport(ground.db, ready);
    assert.deepEqual(faults, [{ code: "quantity_negative", column: "quantity", rows: 3 }]);
    assert.equal(orders.length, 10);
    assert.deepEqual(await work(ground, ready), ready);

    await start(ground, ready);
    const done = await work(ground, ready);
    assert.equal(done.status, "completed_with_errors");
    assert.deepEqual(countsOf(done), { ...read, ordersPlaced: 27, rowsPlaced: 54 });
    const orderRows = await ask<{ status: string; orders: bigint; totalMinor: bigint }>(
      ground.db,
      "select status, count(*) as orders, sum(total_minor)::bigint as total_minor from orders.orders group by 1",
    );
    assert.deepEqual(orderRows, [{ status: "pending", orders: 27n, totalMinor: 27n * 450n }]);
    await clean(ground);
    await ground.close();
  });

  test("starts by itself when it was told to, and tells of its end once", async () => {
    const ground = await given();
    const received = await receiveText(ground, csvOf(3), { auto_start: true, payment: "recorded" });
    const done = await work(ground, received);
    assert.equal(done.status, "completed");
    await work(ground, received);
    const events = await ask<{ type: string; subject: string; data: object }>(
      ground.db,
      "select type, subject, data from events.events where stream_kind = 'import'",
    );
    assert.deepEqual(events, [
      {
        type: "ImportCompleted",
        subject: received.uid,
        data: {
          importId: received.uid,
          status: "completed",
          rows: 6,
          ordersPlaced: 3,
          ordersRejected: 0,
          ordersDuplicate: 0,
          ordersUnpaid: 0,
          completedAt: noon.toISOString(),
        },
      },
    ]);
    assert.ok(Check(importEvents.ImportCompleted, events[0]?.data));
    await clean(ground);
    await ground.close();
  });

  test("places orders whose rows stand apart as one each", async () => {
    const ground = await given();
    const [header, ...rows] = csvOf(1_500).trim().split("\n");
    // Second rows of all orders behind the first rows of all.
    const apart = [...rows.filter((_, index) => index % 2 === 0), ...rows.filter((_, index) => index % 2 === 1)];
    const received = await receiveText(ground, [header, ...apart].join("\n"), { auto_start: true });
    const done = await work(ground, received);
    assert.equal(done.status, "completed");
    assert.deepEqual(countsOf(done), {
      ordersRead: 1_500,
      ordersPlaced: 1_500,
      ordersRejected: 0,
      ordersDuplicate: 0,
      rowsRead: 3_000,
      rowsPlaced: 3_000,
    });
    const items = await ask<{ items: bigint; orders: bigint }>(
      ground.db,
      "select items, count(*) as orders from (select count(*) as items from orders.order_items group by order_id) as o group by 1",
    );
    assert.deepEqual(items, [{ items: 2n, orders: 1_500n }]);
    await clean(ground);
    await ground.close();
  });

  test("finds orders that are there already before it is started, and doubles none", async () => {
    const ground = await given();
    await work(ground, await receiveText(ground, csvOf(20), { auto_start: true }));
    const again = await work(ground, await receiveText(ground, csvOf(25)));
    assert.deepEqual([again.status, again.ordersDuplicate], ["ready", 20]);
    assert.equal((await previewImport(ground.db, again)).duplicates, 20);
    await start(ground, again);
    const done = await work(ground, again);
    assert.deepEqual([done.status, done.ordersPlaced, done.ordersDuplicate], ["completed", 5, 20]);
    await clean(ground);
    await ground.close();
  });

  test("charges through the gateway, and says how many orders were not paid or may not be", async () => {
    const answers: Record<string, ChargeAnswer> = {
      "shopper-2@example.com": { outcome: "failed", failure: "card_declined", reference: null },
      "shopper-3@example.com": { outcome: "unknown", reason: "a test" },
    };
    const ground = await given(({ customerEmail }) => answers[customerEmail]);
    const received = await receiveText(ground, csvOf(40), { auto_start: true, payment: "charge" });
    const done = await work(ground, received);
    assert.deepEqual([done.status, done.ordersPlaced, done.ordersUnpaid], ["completed_with_errors", 40, 2]);
    const statuses = await ask(ground.db, "select status, count(*) from orders.orders group by 1 order by 1");
    assert.deepEqual(statuses, [
      { status: "paid", count: 38n },
      { status: "payment_processing", count: 1n },
      { status: "pending", count: 1n },
    ]);
    await ground.close();
  });

  test("tells while orders are paid for how many the gateway was asked", async () => {
    const slow = Promise.withResolvers<undefined>();
    let asked = 0;
    const ground = await given(() => {
      asked += 1;
      return asked > 25 ? slow.promise : undefined;
    });
    const received = await receiveText(ground, csvOf(60), { auto_start: true, payment: "charge" });
    const working = work(ground, received);
    await eventually("it was told", async () => {
      const { stage, mark } = await getImport(ground.db, received.uid);
      return stage === "paying" && mark === 25;
    });
    const paying = await getImport(ground.db, received.uid);
    assert.equal(importProgress(paying, noon).payments_asked, 25);
    slow.resolve(undefined);
    const done = await working;
    assert.deepEqual([done.status, importProgress(done, noon).payments_asked], ["completed", null]);
    await ground.close();
  });

  test("is not over while the gateway cannot be asked, and has the orders paid when it is back", async () => {
    let away = true;
    const ground = await given(() => (away ? { outcome: "not_sent", reason: "a test" } : undefined));
    const paying = { ...ground, pauseMs: 1 };
    const received = await receiveText(ground, csvOf(60), { auto_start: true, payment: "charge" });
    await assert.rejects(work(paying, received), /cannot be asked/);
    assert.equal((await getImport(ground.db, received.uid)).stage, "paying");
    away = false;
    const done = await work(paying, received);
    assert.deepEqual([done.status, done.ordersUnpaid], ["completed", 0]);
    await clean(ground);
    await ground.close();
  });

  test("fails a file that cannot be read, and reads it again with other options", async () => {
    const ground = await given();
    const text = csvOf(3).replace("unit_price", "was kostet es");
    const failed = await work(ground, await receiveText(ground, text));
    assert.deepEqual([failed.status, failed.failureCode], ["failed", "import_file.columns_missing"]);
    const options = { ...failed.options, mapping: { "was kostet es": "unit_price" as const } };
    const change = { uid: failed.uid, by: ann, options, optionsHash: "other" };
    await ground.db.transaction((tx) => reviseImport(tx, change, noon));
    const ready = await work(ground, failed);
    assert.deepEqual([ready.status, ready.ordersRead, ready.failureCode], ["ready", 3, null]);
    await clean(ground);
    await ground.close();
  });

  test("forgets an earlier reading when a file is read again", async () => {
    const ground = await given();
    const ready = await work(ground, await receiveText(ground, csvOf(30)));
    const options = { ...ready.options, grouping: "row_is_order" as const };
    const change = { uid: ready.uid, by: ann, options, optionsHash: "other" };
    await ground.db.transaction((tx) => reviseImport(tx, change, noon));
    const again = await work(ground, ready);
    assert.deepEqual([again.status, again.ordersRead, again.rowsRead], ["ready", 60, 60]);
    await clean(ground);
    await ground.close();
  });

  test("rests when it is paused, and goes on when it is resumed", async () => {
    const ground = await given();
    // More pieces than are placed at once.
    const ready = await work(ground, await receiveText(ground, csvOf(6_000, { rows: 1 })));
    await start(ground, ready);
    const working = work(ground, ready);
    await ground.db.transaction((tx) => pauseImport(tx, { uid: ready.uid, by: ann }, noon));
    const paused = await working;
    assert.equal(paused.status, "running");
    assert.ok(paused.ordersPlaced < 6_000, `${paused.ordersPlaced} orders were placed.`);
    assert.deepEqual(await work(ground, ready), paused);
    await ground.db.transaction((tx) => resumeImport(tx, { uid: ready.uid, by: ann }, noon));
    const done = await work(ground, ready);
    assert.deepEqual([done.status, done.ordersPlaced], ["completed", 6_000]);
    await clean(ground);
    await ground.close();
  });

  test("stops at a piece's end when the process should end, and queues itself again", async () => {
    const ground = await given();
    const received = await receiveText(ground, csvOf(100), { auto_start: true });
    const ending = new AbortController();
    ending.abort();
    await ask(ground.db, "delete from graphile_worker._private_jobs");
    const stopped = await work(ground, received, ending.signal);
    assert.equal(stopped.status, "validating");
    const jobs = await ask(ground.db, "select payload ->> 'importUid' as uid from graphile_worker._private_jobs");
    assert.deepEqual(jobs, [{ uid: received.uid }]);
    assert.equal((await work(ground, received)).status, "completed");
    await ground.close();
  });

  test("leaves an import to whoever took it over while its file was opened", async () => {
    const ground = await given();
    const received = await receiveText(ground, csvOf(10), { auto_start: true });
    let reads = 0;
    const blobs = {
      ...ground.blobs,
      async read(key: string) {
        reads += 1;
        if (reads === 2) await work(ground, received); // Behind the look at its beginning.
        return ground.blobs.read(key);
      },
    };
    const done = await work({ ...ground, blobs }, received);
    assert.deepEqual([done.status, done.ordersPlaced], ["completed", 10]);
    await clean(ground);
    await ground.close();
  });

  test("places each order once when several work on one import at once", async () => {
    const ground = await given();
    const received = await receiveText(ground, csvOf(1_000), { auto_start: true });
    await Promise.all(Array.from({ length: 3 }, () => work(ground, received)));
    const done = await work(ground, received);
    assert.deepEqual([done.status, done.ordersPlaced], ["completed", 1_000]);
    await clean(ground);
    await ground.close();
  });

  test("places each order once when a file goes twice at once, and says on the other's rows where it is", async () => {
    const ground = await given();
    const text = csvOf(1_200);
    const first = await receiveText(ground, text, { auto_start: true });
    const second = await receiveText(ground, text, { auto_start: true, again: true });
    assert.notEqual(first.uid, second.uid);
    const done = await Promise.all([work(ground, first), work(ground, second)]);
    assert.deepEqual(
      done.map(({ status }) => status),
      ["completed", "completed"],
    );
    const placed = done.reduce((sum, one) => sum + one.ordersPlaced, 0);
    const duplicate = done.reduce((sum, one) => sum + one.ordersDuplicate, 0);
    assert.deepEqual([placed, duplicate], [1_200, 1_200]);
    const [other] = done.filter((one) => one.ordersDuplicate > 0);
    assert.ok(other);
    const { rows } = await listImportRows(ground.db, other, { limit: 2, status: "duplicate" });
    assert.ok(rows.every(({ orderId }) => orderId !== null));
    await clean(ground);
    await ground.close();
  });
});
