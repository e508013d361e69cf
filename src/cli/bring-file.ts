import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { addAbortSignal, type Readable, Transform } from "node:stream";
import { inputCompiler } from "../http/check-input.ts";
import { type Import, ImportOptions, receiveImport } from "../imports/index.ts";
import type { BlobStore } from "../platform/blob-store.ts";
import { systemClock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { isUnavailable, type Refusal } from "../platform/errors.ts";
import { uuidV7 } from "../platform/ids.ts";
import { WrongCall } from "./command.ts";

const check = inputCompiler()({ schema: ImportOptions as object, method: "POST", url: "", httpPart: "body" }) as (
  value: unknown,
) => true | { readonly error: Refusal };

/** Options with what was left out filled in; a wrong call when there is no such import. */
export function checkOptions(given: object): ImportOptions {
  const checked = check(given);
  if (checked === true) return given as ImportOptions;
  const faults = checked.error.extras.faults ?? [];
  throw new WrongCall(
    faults.map(({ pointer, detail }) => `${pointer.slice(1) || "The options"}: ${detail}`).join("\n"),
  );
}

/** What is read: a file, or what comes in when it is called `-`. */
export interface Source {
  readonly name: string;
  open(): Readable;
}

export async function openSource(path: string, name: string | undefined): Promise<Source> {
  if (path === "-") return { name: name ?? "stdin", open: () => process.stdin };
  const found = await stat(path).catch((error: Error) => {
    throw new WrongCall(`The file cannot be read: ${error.message}.`);
  });
  if (found.isDirectory()) throw new WrongCall(`${path} is a folder.`);
  return { name: name ?? basename(path), open: () => createReadStream(path) };
}

export interface Bringing {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly by: { readonly actor: string; readonly name: string; readonly requestId: null };
  readonly again: boolean;
  readonly stop: AbortSignal;
}

/** Keeps a file among the others and takes it in; nothing of it is kept when it has an import already. */
export async function bringFile(
  { db, blobs, by, again, stop }: Bringing,
  source: Source,
  options: ImportOptions,
): Promise<{ import: Import; existing: boolean }> {
  const uid = uuidV7(systemClock.now());
  const blobKey = `imports/${uid}`;
  const hash = createHash("sha256");
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const content = addAbortSignal(stop, source.open());
  content.once("error", (error) => hashing.destroy(error));
  const { bytes } = await blobs.write(blobKey, content.pipe(hashing));
  const file = {
    uid,
    source: options.source ?? "cli",
    name: source.name,
    blobKey,
    bytes,
    contentHash: hash.digest("hex"),
    optionsHash: createHash("sha256").update(JSON.stringify(options)).digest("hex"),
    options,
    again,
    by,
  };
  try {
    const received = await db.transaction((tx) => receiveImport(tx, file, systemClock.now()));
    if (received.existing) await blobs.remove(blobKey);
    return received;
  } catch (error) {
    // Where nobody knows whether the import was made its file stays.
    if (!isUnavailable(error)) await blobs.remove(blobKey);
    throw error;
  }
}
