import type { Doer } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { cameToNothing, type Import } from "./import.ts";
import type { ImportOptions } from "./import-options.ts";
import { findImportOfFile, insertImport } from "./import-queries.ts";
import { runImport } from "./run-import.ts";

/** A file that is in the blob store, and how it is to be read. */
export interface ReceivedFile {
  readonly uid: string;
  /** Whose order references these are. */
  readonly source: string;
  /** What the file is called. */
  readonly name: string;
  readonly blobKey: string;
  readonly bytes: number;
  readonly contentHash: string;
  readonly optionsHash: string;
  readonly options: ImportOptions;
  /** A new import although the file has one. */
  readonly again: boolean;
  readonly by: Doer;
}

export interface ReceivedImport {
  readonly import: Import;
  /** It was there before: the file that was just kept is not used. */
  readonly existing: boolean;
}

/**
 * Takes in a file of orders, and queues its reading. A file that has an import with the same options and source is
 * answered with that, unless it is asked to go again, or all that it has ended before they placed anything.
 *
 * Waits for a transaction that takes in the same file just now; of two at once the second hears of the first. A second
 * call answers the first's import.
 */
export async function receiveImport(tx: Tx, file: ReceivedFile, now: Date): Promise<ReceivedImport> {
  let before = await findImportOfFile(tx, file);
  // Ends: a generation that cannot be inserted is there, and then it is found.
  for (;;) {
    if (before && !file.again && !cameToNothing(before)) {
      const { newestGeneration: _newest, ...existing } = before;
      return { import: existing, existing: true };
    }
    const made = await insertImport(tx, {
      ...file,
      bytes: BigInt(file.bytes),
      options: JSON.stringify(file.options),
      generation: (before?.newestGeneration ?? 0) + 1,
      createdBy: file.by.actor,
      now,
    });
    if (made) {
      await enqueue(tx, [queued(runImport, { importUid: made.uid })]);
      return { import: made, existing: false };
    }
    before = await findImportOfFile(tx, file);
  }
}
