import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { ann, givenImport, givenReady, importOptions, readOrder } from "../../test/support/given-imports.ts";
import { noon } from "../../test/support/given-orders.ts";
import { findEntries } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { cancelImport } from "./cancel-import.ts";
import { getImport } from "./find-imports.ts";
import type { Import } from "./import.ts";
import { pauseImport } from "./pause-import.ts";
import { resumeImport } from "./resume-import.ts";
import { changeImportOptions, reviseImport } from "./revise-import.ts";
import { startImport } from "./start-import.ts";

const later = new Date("2026-11-23T13:00:00.000Z");
const jobs = async (tx: Tx) => (await ask(tx, "select id from graphile_worker._private_jobs")).length;
const asked = ({ uid }: Import) => ({ uid, by: ann });
const actions = async (tx: Tx) => (await findEntries(tx, {}, { limit: 10 })).rows.map(({ action }) => action);

describe("startImport", () => {
  test(
    "has a ready import run, queues its job once, and says who started it",
    inTx(async (tx) => {
      const ready = await givenReady(tx, [readOrder(1)]);
      const before = await jobs(tx);
      const started = await startImport(tx, asked(ready), later);
      assert.deepEqual([started.status, started.stage, started.startedAt], ["running", "placing", later]);
      assert.deepEqual(await startImport(tx, asked(ready), later), await getImport(tx, ready.uid));
      assert.equal(await jobs(tx), before + 1);
      const [entry, ...others] = (await findEntries(tx, {}, { limit: 10 })).rows;
      assert.deepEqual(others, []);
      assert.deepEqual(
        [entry?.action, entry?.subject, entry?.actor],
        ["import.started", `import/${ready.uid}`, "key-1"],
      );
    }),
  );

  test(
    "refuses one that is not read yet, and says what can be done with it",
    inTx(async (tx) => {
      const received = await givenImport(tx);
      await assert.rejects(startImport(tx, asked(received), noon), {
        code: "import.cannot_move",
        message: "The import is received; it cannot be started. It can be cancelled now.",
      });
    }),
  );

  test(
    "refuses one that is not there",
    inTx(async (tx) => {
      for (const uid of ["01890000-0000-7000-8000-00000000ffff", "nonsense"])
        await assert.rejects(startImport(tx, { uid, by: ann }, noon), { code: "import.not_found" });
    }),
  );

  test(
    "takes four statements, and one the second time",
    inTx(async (tx) => {
      const ready = await givenReady(tx, [readOrder(1)]);
      const start = () => statementsOf(tx, (watched) => startImport(watched, asked(ready), noon));
      assert.deepEqual(await start(), [
        "imports.lock_import",
        "imports.save_import",
        "audit.insert_entry",
        "platform.insert_jobs",
      ]);
      assert.deepEqual(await start(), ["imports.lock_import"]);
    }),
  );

  test("starts once when several start it at once", async () => {
    const { db, close } = await testDatabase();
    const ready = await db.transaction((tx) => givenReady(tx, [readOrder(1)]));
    await Promise.all(Array.from({ length: 4 }, () => db.transaction((tx) => startImport(tx, asked(ready), noon))));
    assert.equal((await findEntries(db, {}, { limit: 10 })).rows.length, 1);
    await close();
  });
});

describe("pauseImport and resumeImport", () => {
  test(
    "let a running import rest and go on, each once, with a job for the going on",
    inTx(async (tx) => {
      const started = await startImport(tx, asked(await givenReady(tx, [readOrder(1)])), noon);
      const paused = await pauseImport(tx, asked(started), later);
      assert.deepEqual([paused.status, paused.pausedAt], ["running", later]);
      assert.deepEqual((await pauseImport(tx, asked(started), noon)).pausedAt, later);
      const before = await jobs(tx);
      const resumed = await resumeImport(tx, asked(started), later);
      assert.deepEqual([resumed.pausedAt, resumed.stageAt, resumed.runner], [null, later, null]);
      assert.equal((await resumeImport(tx, asked(started), noon)).pausedAt, null);
      assert.equal(await jobs(tx), before + 1);
      assert.deepEqual(await actions(tx), ["import.resumed", "import.paused", "import.started"]);
    }),
  );

  test(
    "refuse an import that does not run",
    inTx(async (tx) => {
      const ready = await givenReady(tx, [readOrder(1)]);
      await assert.rejects(pauseImport(tx, asked(ready), noon), { code: "import.cannot_move" });
      await assert.rejects(resumeImport(tx, asked(ready), noon), { code: "import.cannot_move" });
      const missing = { uid: "nonsense", by: ann };
      await assert.rejects(pauseImport(tx, missing, noon), { code: "import.not_found" });
      await assert.rejects(resumeImport(tx, missing, noon), { code: "import.not_found" });
    }),
  );
});

describe("cancelImport", () => {
  for (const [what, given] of [
    ["received", (tx: Tx) => givenImport(tx)],
    ["ready", (tx: Tx) => givenReady(tx, [readOrder(1)])],
    ["running", async (tx: Tx) => startImport(tx, asked(await givenReady(tx, [readOrder(1)])), noon)],
    [
      "paused",
      async (tx: Tx) =>
        pauseImport(tx, asked(await startImport(tx, asked(await givenReady(tx, [readOrder(1)])), noon)), noon),
    ],
  ] as const)
    test(
      `ends one that is ${what}, once`,
      inTx(async (tx) => {
        const one = await given(tx);
        const cancelled = await cancelImport(tx, asked(one), later);
        const { status, stage, pausedAt, runner, endedAt } = cancelled;
        assert.deepEqual([status, stage, pausedAt, runner, endedAt], ["cancelled", null, null, null, later]);
        assert.deepEqual((await cancelImport(tx, asked(one), noon)).endedAt, later);
        assert.equal((await actions(tx)).filter((action) => action === "import.cancelled").length, 1);
      }),
    );

  test(
    "refuses one that failed, and one that is not there",
    inTx(async (tx) => {
      const one = await givenImport(tx);
      await ask(
        tx,
        `update imports.imports set status = 'failed', failure_code = 'c', failure_detail = 'd', ended_at = now()`,
      );
      await assert.rejects(cancelImport(tx, asked(one), noon), {
        code: "import.cannot_move",
        message: "The import is failed; it cannot be cancelled. It can be read with other options now.",
      });
      await assert.rejects(cancelImport(tx, { uid: "nonsense", by: ann }, noon), { code: "import.not_found" });
    }),
  );
});

describe("reviseImport", () => {
  const german = importOptions({ locale: "de-DE" });
  const revised = (one: Import, options = german) => {
    return { ...asked(one), options, optionsHash: JSON.stringify(options) };
  };

  test(
    "has a ready import read again with other options, from the start",
    inTx(async (tx) => {
      const ready = await givenReady(tx, [readOrder(1), readOrder(2)]);
      const before = await jobs(tx);
      const again = await reviseImport(tx, revised(ready), later);
      const { status, stage, options, plan, ordersRead, rowsRead, mark } = again;
      assert.deepEqual(
        { status, stage, options, plan, ordersRead, rowsRead, mark },
        { status: "received", stage: null, options: german, plan: null, ordersRead: 0, rowsRead: 0, mark: 0 },
      );
      assert.deepEqual(await getImport(tx, ready.uid), again);
      assert.equal(await jobs(tx), before + 1);
      assert.deepEqual(await reviseImport(tx, revised(ready), noon), again);
      assert.equal(await jobs(tx), before + 1);
    }),
  );

  test(
    "refuses options with which the file has an import, one that runs, one without its file, and one that is not there",
    inTx(async (tx) => {
      const other = await givenImport(tx, { contentHash: "same", options: german });
      const ready = await givenReady(tx, [readOrder(1)], { contentHash: "same" });
      await assert.rejects(reviseImport(tx, revised(ready), noon), {
        code: "import.exists",
        message: `Import ${other.uid} has this file with these options already.`,
      });
      const english = importOptions({ locale: "en-US" });
      await startImport(tx, asked(ready), noon);
      await assert.rejects(reviseImport(tx, revised(ready, english), noon), { code: "import.cannot_move" });
      await ask(
        tx,
        `update imports.imports set status = 'failed', stage = null, failure_code = 'c', failure_detail = 'd',
                ended_at = now(), blob_key = null where uid = $1::uuid`,
        [ready.uid],
      );
      await assert.rejects(reviseImport(tx, revised(ready, english), noon), { code: "import.file_gone" });
      await assert.rejects(reviseImport(tx, { ...revised(ready), uid: "x" }, noon), { code: "import.not_found" });
    }),
  );

  for (const [what, chosen] of [
    ["the same options, when another one of its file came after it", importOptions()],
    ["options with which one was cancelled after it had placed orders", german],
  ] as const)
    test(
      `refuses to read a failed one again with ${what}`,
      inTx(async (tx) => {
        const failed = await givenImport(tx, { contentHash: "same" });
        await ask(
          tx,
          `update imports.imports set status = 'failed', failure_code = 'c', failure_detail = 'd', ended_at = now()`,
        );
        const other = await givenImport(tx, { contentHash: "same", options: chosen });
        await ask(
          tx,
          `update imports.imports set status = 'cancelled', ended_at = now(), rows_read = 2, orders_read = 2,
                  rows_placed = 1, orders_placed = 1 where uid = $1::uuid`,
          [other.uid],
        );
        await assert.rejects(reviseImport(tx, revised(failed, chosen), noon), { code: "import.exists" });
      }),
    );

  test(
    "keeps the options that are not named when some are changed, and refuses those that nothing can be read with",
    inTx(async (tx) => {
      const given = importOptions({ currency: "EUR", locale: "de-DE", mapping: { Preis: "unit_price" } });
      const ready = await givenReady(tx, [readOrder(1)], { options: given });
      const changes = { mapping: { Menge: "quantity" }, encoding: "shift_jis" } as const;
      const again = await changeImportOptions(tx, { ...asked(ready), changes }, later);
      assert.deepEqual(again.options, { ...given, ...changes });
      assert.deepEqual(await changeImportOptions(tx, { ...asked(ready), changes }, noon), again);
      for (const [wrong, code] of [
        [{ time_zone: "Mars/Olympus" }, "import_file.time_zone_unknown"],
        [{ currency: "ABC" }, "import_file.currency_unknown"],
      ] as const)
        await assert.rejects(changeImportOptions(tx, { ...asked(ready), changes: wrong }, noon), { code });
    }),
  );

  test(
    "tries a failed one again with the same options",
    inTx(async (tx) => {
      const one = await givenImport(tx);
      await ask(
        tx,
        `update imports.imports set status = 'failed', failure_code = 'c', failure_detail = 'd', ended_at = now()`,
      );
      const again = await reviseImport(tx, revised(one, one.options), noon);
      const { status, failureCode, failureDetail, endedAt, generation } = again;
      assert.deepEqual([status, failureCode, failureDetail, endedAt, generation], ["received", null, null, null, 1]);
    }),
  );
});
