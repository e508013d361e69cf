import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { csvOf, receiveText } from "../../test/support/given-csv.ts";
import { ann } from "../../test/support/given-imports.ts";
import { noon, policy } from "../../test/support/given-orders.ts";
import { openPaymentDesk, tellCustomer } from "../orders/index.ts";
import { sandboxGateway } from "../payments/sandbox-client.ts";
import { fileBlobStore } from "../platform/file-blob-client.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { silentLog } from "../platform/log.ts";
import { cancelImport } from "./cancel-import.ts";
import { getImport } from "./find-imports.ts";
import { runImportJob } from "./import-jobs.ts";
import { runImport } from "./run-import.ts";

const folder = await mkdtemp(join(tmpdir(), "orderwell-import-jobs-"));
after(() => rm(folder, { recursive: true, force: true }));

const run = { tries: 1, lastTry: false, signal: new AbortController().signal };

async function given() {
  const { db, close } = await testDatabase();
  await prepareJobs(db, [tellCustomer, runImport]);
  const clock = { now: () => noon };
  const counter = { db, gateway: sandboxGateway(db, clock, { timeoutMs: 50 }), clock, policy };
  const ground = { ...counter, desk: openPaymentDesk(counter), blobs: fileBlobStore(folder), log: silentLog };
  return { ground, db, job: runImportJob(ground), close };
}

describe("the job run-import", () => {
  test("works on two imports at once, and puts a third off", async () => {
    const { ground, db, job, close } = await given();
    const received = [];
    for (const prefix of ["A", "B", "C"]) received.push(await receiveText(ground, csvOf(20, { prefix })));
    await ask(db, "delete from graphile_worker._private_jobs");
    await Promise.all(received.map(({ uid }) => job.run({ importUid: uid }, run)));
    const statuses = await Promise.all(received.map(async ({ uid }) => (await getImport(db, uid)).status));
    assert.deepEqual(statuses, ["ready", "ready", "received"]);
    const jobs = await ask(db, "select payload ->> 'importUid' as uid, run_at from graphile_worker._private_jobs");
    assert.deepEqual(jobs, [{ uid: received[2]?.uid, runAt: new Date(noon.getTime() + 5_000) }]);
    await close();
  });

  test("fails an import when a person gives its work up, and leaves one alone that is over", async () => {
    const { ground, db, job, close } = await given();
    const [given1, over] = [await receiveText(ground, csvOf(1)), await receiveText(ground, csvOf(2))];
    await db.transaction((tx) => cancelImport(tx, { uid: over.uid, by: ann }, noon));
    for (const { uid } of [given1, over])
      await db.transaction(async (tx) => job.abandon?.(tx, { importUid: uid }, noon));
    const failed = await getImport(db, given1.uid);
    assert.deepEqual([failed.status, failed.failureCode], ["failed", "import.given_up"]);
    assert.equal((await getImport(db, over.uid)).status, "cancelled");
    await close();
  });

  test("reads payloads that name an import, and no others", async () => {
    const { job, close } = await given();
    assert.equal(job.accepts?.({ importUid: "x" }), true);
    for (const payload of [null, "x", {}, { importUid: 1 }]) assert.equal(job.accepts?.(payload), false);
    await close();
  });
});
