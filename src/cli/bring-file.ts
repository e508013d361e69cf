import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import type { Doer } from "../audit/index.ts";
import {
  fingerprintOfOptions,
  type ImportOptions,
  type ReceivedImport,
  readOptions,
  receiveImport,
  runImport,
  withKeptFile,
} from "../imports/index.ts";
import type { BlobStore } from "../platform/blob-store.ts";
import { systemClock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { Refusal } from "../platform/errors.ts";
import { uuidV7 } from "../platform/ids.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { WrongCall } from "./command.ts";

const fallbackSource = "cli";

/** Options with what was left out filled in; a wrong call when there is no such import. */
export function checkOptions(given: object): ImportOptions {
  try {
    return readOptions(given);
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== "invalid") throw error;
    const faults = error.extras.faults ?? [{ pointer: "", detail: error.message }];
    const lines = faults.map(
      ({ pointer, detail }) => `${pointer.replace(/^\/options\/?/, "") || "The options"}: ${detail}`,
    );
    throw new WrongCall(lines.join("\n"));
  }
}

/** What is read: a file, or what comes in when it is called `-`. */
export interface Source {
  readonly name: string;
  open(): Readable;
}

export async function openSource(path: string, name: string | undefined): Promise<Source> {
  if (path === "-") return { name: name ?? "stdin", open: () => process.stdin };
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new WrongCall(
      error.code === "ENOENT" ? `There is no file ${path}.` : `The file cannot be read: ${error.message}.`,
    );
  });
  if (found.isDirectory()) throw new WrongCall(`${path} is a folder.`);
  return { name: name ?? basename(path), open: () => createReadStream(path) };
}

export interface Bringing {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly mostBytes: number;
  readonly by: Doer;
  readonly again: boolean;
  readonly stop: AbortSignal;
}

/** Keeps a file among the others and takes it in; nothing of it is kept when it has an import already. */
export async function bringFile(
  { db, blobs, mostBytes, by, again, stop }: Bringing,
  file: Source,
  options: ImportOptions,
): Promise<ReceivedImport> {
  // The command may be the first that ever works on this database.
  await prepareJobs(db, [runImport]);
  const uid = uuidV7(systemClock.now());
  return withKeptFile(blobs, { uid, mostBytes }, async ({ keep }) => {
    const kept = await keep(addAbortSignal(stop, file.open()));
    const optionsHash = fingerprintOfOptions(options);
    const { source = fallbackSource } = options;
    const brought = { ...kept, source, name: file.name, optionsHash, options, again, by };
    const result = await db.transaction((tx) => receiveImport(tx, brought, systemClock.now()));
    return { result, used: !result.existing };
  });
}
