import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { testDatabase } from "../../test/support/database.ts";
import { csvOf, receiveText } from "../../test/support/given-csv.ts";
import { givenReady, readOrder } from "../../test/support/given-imports.ts";
import { noon, policy } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import { openPaymentDesk, tellCustomer } from "../orders/index.ts";
import { sandboxGateway } from "../payments/sandbox-client.ts";
import type { Db } from "../platform/db.ts";
import { fileBlobStore } from "../platform/file-blob-client.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { silentLog } from "../platform/log.ts";
import type { ImportGround } from "./import-run.ts";
import { importVerbRoutes } from "./import-verb-routes.ts";
import { runImport } from "./run-import.ts";
import { workOnImport } from "./run-import-flow.ts";

const signal = new AbortController().signal;
const clock = { now: () => new Date(noon.getTime() + 90_000) };
const none = { read: 0, placed: 0, rejected: 0, duplicate: 0, dropped: 0, pending: 0 };

describe("an import that ends is told in the log", () => {
  let folder: string;
  let db: Db;
  let ground: ImportGround;
  const told: [object, string][] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "orderwell-import-ends-"));
    ({ db } = await testDatabase());
    await prepareJobs(db, [tellCustomer, runImport]);
    const counter = { db, gateway: sandboxGateway(db, clock, { timeoutMs: 50 }), clock, policy };
    const log = { ...silentLog, info: (...line: [object, string]) => void told.push(line) };
    ground = { ...counter, desk: openPaymentDesk(counter), blobs: fileBlobStore(folder), log };
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test("once, with what came of it and how long it took", async () => {
    told.length = 0;
    const { uid } = await receiveText(ground, csvOf(4, { wrongEvery: 4 }), { auto_start: true });
    await workOnImport(ground, { importUid: uid, signal });
    await workOnImport(ground, { importUid: uid, signal });
    const rows = { ...none, read: 8, placed: 6, rejected: 2 };
    const orders = { ...none, read: 4, placed: 3, rejected: 1, unpaid: 0 };
    const status = "completed_with_errors";
    assert.deepEqual(told, [
      [{ import: uid, file: "orders.csv", status, failure: null, rows, orders, seconds: 0 }, "An import ended."],
    ]);
  });

  test("when it failed, with the code of the reason", async () => {
    told.length = 0;
    const { uid } = await receiveText(ground, csvOf(3).replace("unit_price", "was kostet es"));
    await workOnImport(ground, { importUid: uid, signal });
    const failed = { status: "failed", failure: "import_file.columns_missing", seconds: 90 };
    const counts = { rows: none, orders: { ...none, unpaid: 0 } };
    assert.deepEqual(told, [[{ import: uid, file: "orders.csv", ...failed, ...counts }, "An import ended."]]);
  });

  test("when it is cancelled, by the first call alone, under the request's id", async () => {
    const { app, lines } = await testServer((made) => void made.register(importVerbRoutes({ db, clock })), {
      logLevel: "info",
    });
    const { uid } = await db.transaction((tx) => givenReady(tx, [readOrder(1)]));
    const authorization = "Bearer owner";
    for (const key of ["a", "a", "b"]) {
      const answer = await app.inject({
        method: "POST",
        url: `/api/v2/imports/${uid}/cancel`,
        headers: { authorization, "idempotency-key": key },
      });
      assert.equal(answer.statusCode, 200, answer.body);
    }
    const ended = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "An import ended.");
    assert.deepEqual(
      ended.map((line) => [line.import, line.status, line.orders.read, line.seconds, typeof line.requestId]),
      [[uid, "cancelled", 1, 90, "string"]],
    );
  });
});
