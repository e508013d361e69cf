import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { openOrderIdStock } from "../orders/index.ts";
import { isUnavailable, Refusal } from "../platform/errors.ts";
import { reach } from "../platform/failpoints.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { brokenUniqueness } from "../platform/races.ts";
import { checkImport, mergeImport } from "./check-import-flow.ts";
import { failImport } from "./end-import.ts";
import { getImport } from "./find-imports.ts";
import { claimImport, holdOwn, ImportTaken } from "./hold-runner.ts";
import type { Import, ImportStage } from "./import.ts";
import { type ImportGround, type ImportRun, ImportStopped } from "./import-run.ts";
import { payImport, placeImport } from "./place-import-flow.ts";
import { PieceOutdated } from "./place-piece.ts";
import { openFile, readFile } from "./read-file-flow.ts";
import { runImport } from "./run-import.ts";
import { tellEnd } from "./tell-end.ts";

/** Does what a stage has to do and answers the import as it goes on; undefined when it should rest. */
type StageWork = (run: ImportRun, given: Import) => Promise<Import | undefined>;

const stages: Readonly<Record<ImportStage, StageWork>> = {
  reading: readFile,
  merging: mergeImport,
  checking: checkImport,
  placing: placeImport,
  paying: payImport,
};

/**
 * Has an import go on from wherever it stands: reads its file, checks it, places its orders when it was started, has
 * them paid. Returns when there is nothing more to do, when it was paused, or when the process should end; then it is
 * queued again.
 *
 * May be killed at any moment and run again, also twice at once: every piece of work is one transaction with its counts,
 * and the run that came last has the import. A file that cannot be read fails its import; a database that is away is
 * waited for.
 */
export async function workOnImport(
  ground: ImportGround,
  { importUid, signal }: { importUid: string; signal: AbortSignal },
): Promise<void> {
  const { db, clock } = ground;
  const runner = randomUUID();
  const claimed = await db.transaction((tx) => claimImport(tx, { uid: importUid, runner }, clock.now()));
  if (!claimed) return;
  const own = { uid: importUid, importId: claimed.importId, runner };
  const run: ImportRun = { ...ground, own, signal, ids: openOrderIdStock(db) };
  await reach("after-import-claim");
  try {
    await goThrough(run, claimed);
  } catch (error) {
    await giveUp(run, error);
  }
}

async function goThrough(run: ImportRun, claimed: Import): Promise<void> {
  let given: Import | undefined = claimed;
  let lost = 0;
  while (given) {
    try {
      given = await takeStage(run, given);
      lost = 0;
    } catch (error) {
      lost += 1;
      const mayPass = isUnavailable(error) || wasDoneBefore(error);
      if (!mayPass || lost > mostLost) throw error;
      given = await lookAgain(run);
    }
  }
}

const ownOnce = new Set(["import_orders_pkey", "import_rows_pkey", "orders_import_row_once"]);

/** What is there already is of a commit of which nothing was heard, or of whoever has the import by now. */
function wasDoneBefore(error: unknown): boolean {
  return error instanceof PieceOutdated || ownOnce.has(brokenUniqueness(error) ?? "");
}

const mostLost = 5; // Without a stage between them: the job system's longer waits are the better ones then.
const firstPauseMs = 250;
const mostPauses = 7; // Doubled each time: half a minute in all, longer than a database takes to restart.

/**
 * The import as it stands when the database is there again: what became of the last pieces is not known else. Throws
 * `ImportTaken` when it is another's by then.
 */
async function lookAgain({ db, own, signal }: ImportRun): Promise<Import | undefined> {
  for (let pauses = 0; ; pauses += 1) {
    await sleep(firstPauseMs * 2 ** pauses, undefined, { signal }).catch(() => {});
    try {
      const found = await getImport(db, own.uid);
      if (found.runner !== own.runner) throw new ImportTaken(own.uid);
      return found.pausedAt === null ? found : undefined;
    } catch (error) {
      if (!isUnavailable(error) || pauses >= mostPauses || signal.aborted) throw error;
    }
  }
}

function takeStage(run: ImportRun, given: Import): Promise<Import | undefined> {
  if (given.status === "received") return openFile(run, given);
  return given.stage === null ? Promise.resolve(undefined) : stages[given.stage](run, given);
}

/** What is done when a run ends before its time. */
async function giveUp({ db, own, clock, log }: ImportRun, error: unknown): Promise<void> {
  if (error instanceof ImportTaken) return;
  const now = clock.now();
  try {
    if (error instanceof ImportStopped) {
      await db.transaction(async (tx) => {
        await holdOwn(tx, own);
        await enqueue(tx, [queued(runImport, { importUid: own.uid })]);
      });
    } else if (error instanceof Refusal) tellEnd(log, await db.transaction((tx) => failImport(tx, own, error, now)));
    else throw error;
  } catch (failure) {
    if (!(failure instanceof ImportTaken)) throw failure;
  }
}
