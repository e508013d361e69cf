import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import {
  ann,
  givenImport,
  givenReady,
  importOptions,
  readOrder,
  receivedFile,
} from "../../test/support/given-imports.ts";
import { noon } from "../../test/support/given-orders.ts";
import type { Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { cancelImport } from "./cancel-import.ts";
import { receiveImport } from "./receive-import.ts";
import { runImport } from "./run-import.ts";

const jobs = (tx: Tx) =>
  ask<{ importUid: string }>(tx, "select payload ->> 'importUid' as import_uid from graphile_worker._private_jobs");

describe("receiveImport", () => {
  test(
    "keeps what came, as received, and queues its reading",
    inTx(async (tx) => {
      await prepareJobs(tx, [runImport]);
      const file = receivedFile({ options: importOptions({ locale: "de-DE" }) });
      const { import: made, existing } = await receiveImport(tx, file, noon);
      assert.equal(existing, false);
      const { uid, source, name, status, options, bytes, generation, createdBy, blobKey } = made;
      assert.deepEqual(
        { uid, source, name, status, options, bytes, generation, createdBy, blobKey },
        {
          uid: file.uid,
          source: "shop",
          name: "orders.csv",
          status: "received",
          options: file.options,
          bytes: 1_000n,
          generation: 1,
          createdBy: "key-1",
          blobKey: file.blobKey,
        },
      );
      assert.deepEqual(await jobs(tx), [{ importUid: file.uid }]);
    }),
  );

  test(
    "answers the same file with the import that it has, and queues nothing",
    inTx(async (tx) => {
      const first = await givenImport(tx, { contentHash: "same" });
      const again = await receiveImport(tx, receivedFile({ contentHash: "same" }), noon);
      assert.deepEqual(again, { import: first, existing: true });
      assert.equal((await jobs(tx)).length, 1);
    }),
  );

  for (const [what, change] of [
    ["other options", { options: importOptions({ locale: "ja-JP" }) }],
    ["another source", { source: "market" }],
    ["other content", { contentHash: "other" }],
    ["the wish to go again", { again: true }],
  ] as const)
    test(
      `makes another import of ${what}`,
      inTx(async (tx) => {
        const first = await givenImport(tx, { contentHash: "same" });
        const { import: second, existing } = await receiveImport(
          tx,
          receivedFile({ contentHash: "same", ...change }),
          noon,
        );
        assert.equal(existing, false);
        assert.notEqual(second.uid, first.uid);
        assert.equal(second.generation, "again" in change ? 2 : 1);
      }),
    );

  test(
    "makes another import of a file whose import was cancelled before it placed anything",
    inTx(async (tx) => {
      const first = await givenReady(tx, [readOrder(1)], { contentHash: "same" });
      await cancelImport(tx, { uid: first.uid, by: ann }, noon);
      const { import: second, existing } = await receiveImport(tx, receivedFile({ contentHash: "same" }), noon);
      assert.deepEqual([existing, second.generation], [false, 2]);
    }),
  );

  test(
    "answers the same file with the import that placed its orders, when a later one came to nothing",
    inTx(async (tx) => {
      const first = await givenImport(tx, { contentHash: "same" });
      const again = receivedFile({ contentHash: "same", again: true });
      const { import: second } = await receiveImport(tx, again, noon);
      await cancelImport(tx, { uid: second.uid, by: ann }, noon);
      const third = await receiveImport(tx, receivedFile({ contentHash: "same" }), noon);
      assert.deepEqual(third, { import: first, existing: true });
      const { import: fourth } = await receiveImport(tx, { ...again, uid: uuidV7(noon) }, noon);
      assert.equal(fourth.generation, 3);
    }),
  );

  test(
    "takes three statements, and one for a file that is known",
    inTx(async (tx) => {
      await prepareJobs(tx, [runImport]);
      const receive = () =>
        statementsOf(tx, (watched) => receiveImport(watched, receivedFile({ contentHash: "x" }), noon));
      assert.deepEqual(await receive(), [
        "imports.find_import_of_file",
        "imports.insert_import",
        "platform.insert_jobs",
      ]);
      assert.deepEqual(await receive(), ["imports.find_import_of_file"]);
    }),
  );

  test("makes one import of a file that comes several times at once", async () => {
    const { db, close } = await testDatabase();
    await prepareJobs(db, [runImport]);
    const received = await Promise.all(
      Array.from({ length: 6 }, () =>
        db.transaction((tx) => receiveImport(tx, receivedFile({ contentHash: "same" }), noon)),
      ),
    );
    assert.equal(new Set(received.map((one) => one.import.uid)).size, 1);
    assert.equal(received.filter((one) => !one.existing).length, 1);
    await close();
  });
});
