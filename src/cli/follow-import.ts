import { createInterface } from "node:readline/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  cancelImport,
  getImport,
  type Import,
  isImportOver,
  listImportRows,
  ordersPending,
  planOf,
  previewImport,
  startImport,
  writeRejectedFile,
} from "../imports/index.ts";
import { systemClock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { isUnavailable } from "../platform/errors.ts";
import { exitCodes } from "./command.ts";
import { endLines, grouped, importProgress, previewLines, rejectedLine } from "./import-report.ts";
import { openMeter } from "./progress-meter.ts";
import { replaceFile } from "./replace-file.ts";
import { complain, say } from "./terminal.ts";

const pollMs = 200;
const shownRows = 10;

/** An import that a command sees through. */
export interface Followed {
  readonly db: Db;
  readonly uid: string;
  readonly by: { readonly actor: string; readonly name: string; readonly requestId: null };
  /** Nothing is placed; the import is cancelled when it was checked. */
  readonly dryRun: boolean;
  /** What can be placed is placed without a question, whatever was rejected. */
  readonly yes: boolean;
  /** Whether somebody is there who can be asked. */
  readonly canAsk: boolean;
  /** The file to write what is rejected to. */
  readonly rejected: string | undefined;
  /** Aborted when the command should end. */
  readonly stop: AbortSignal;
}

/**
 * Shows how an import goes on, has it started when it is ready and nothing is wrong or somebody says so, and answers the
 * exit code. Left before its end, the import is as it was: whoever runs jobs goes on with it.
 */
export async function followImport(followed: Followed): Promise<number> {
  const read = await watch(followed, ({ status }) => status !== "received" && status !== "validating");
  if (read === undefined) return leave(followed);
  if (read.status === "ready") {
    await showPreview(followed, read);
    if (followed.dryRun) return endDryRun(followed, read);
    if (!(await shallStart(followed, read))) return leaveUnplaced(followed, read);
    const { db, uid, by } = followed;
    await db.transaction((tx) => startImport(tx, { uid, by }, systemClock.now()));
  }
  const ended = isImportOver(read.status) ? read : await watch(followed, ({ status }) => isImportOver(status));
  if (ended === undefined) return leave(followed);
  for (const line of endLines(ended, await writeRejected(followed, ended))) say(line);
  return exitCodeOf(ended);
}

/** Answers the file with what was rejected; undefined when none was asked for, or nothing was. */
async function writeRejected({ db, rejected }: Followed, found: Import): Promise<string | undefined> {
  if (rejected === undefined || found.ordersRejected === 0) return undefined;
  const rows = writeRejectedFile(db, found, planOf(found));
  await replaceFile(rejected, (to) => pipeline(Readable.from(rows, { highWaterMark: 1 }), to));
  return rejected;
}

/** By how an import ended. */
function exitCodeOf({ status }: Import): number {
  if (status === "completed") return exitCodes.done;
  return status === "completed_with_errors" ? exitCodes.partly : exitCodes.failed;
}

/** Shows how far it is until it is so far; undefined when the command should end before. */
async function watch(followed: Followed, isThere: (found: Import) => boolean): Promise<Import | undefined> {
  const meter = await openMeter(process.stderr);
  try {
    while (!followed.stop.aborted) {
      const found = await look(followed);
      if (found) meter.show(importProgress(found, systemClock.now()));
      if (found && isThere(found)) return found;
      await sleep(pollMs, undefined, { signal: followed.stop }).catch(() => {});
    }
    return undefined;
  } finally {
    meter.end();
  }
}

/** Undefined while the database is away: whoever imports waits for it, too. */
async function look({ db, uid }: Followed): Promise<Import | undefined> {
  try {
    return await getImport(db, uid);
  } catch (error) {
    if (isUnavailable(error)) return undefined;
    throw error;
  }
}

async function showPreview({ db }: Followed, ready: Import): Promise<void> {
  const [preview, { rows }] = await Promise.all([
    previewImport(db, ready),
    listImportRows(db, ready, { status: "rejected", limit: shownRows }),
  ]);
  for (const line of previewLines(ready, preview, rows)) say(line);
}

async function endDryRun(followed: Followed, ready: Import): Promise<number> {
  const { db, uid, by } = followed;
  await sayRejected(followed, ready);
  await db.transaction((tx) => cancelImport(tx, { uid, by }, systemClock.now()));
  say(`Nothing was placed: ${grouped(ordersPending(ready))} would be.`);
  return ready.ordersRejected === 0 ? exitCodes.done : exitCodes.partly;
}

async function shallStart({ yes, canAsk, stop }: Followed, ready: Import): Promise<boolean> {
  if (yes || ready.ordersRejected === 0) return true;
  if (!canAsk) {
    complain("Orders are rejected, so nothing was placed yet; --yes places the others.");
    return false;
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question = `Place ${grouped(ordersPending(ready))} orders and leave ${grouped(ready.ordersRejected)} out? [y/N] `;
    return /^y(es)?$/i.test((await asking.question(question, { signal: stop })).trim());
  } catch (error) {
    if (stop.aborted) return false;
    throw error;
  } finally {
    asking.close();
  }
}

/** Says where what is rejected was written, if it was. */
async function sayRejected(followed: Followed, ready: Import): Promise<void> {
  const written = await writeRejected(followed, ready);
  if (written !== undefined) say(rejectedLine(ready, written));
}

async function leaveUnplaced(followed: Followed, ready: Import): Promise<number> {
  await sayRejected(followed, ready);
  return leave({ ...followed, yes: true });
}

function leave({ uid, yes }: Pick<Followed, "uid" | "yes">): number {
  complain(`The import is left as it is. To see it through: orderwell import --watch ${uid}${yes ? " --yes" : ""}`);
  return exitCodes.left;
}
