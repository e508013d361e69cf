import { recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { holdImport } from "./find-imports.ts";
import { fingerprintOfOptions } from "./fingerprint.ts";
import { cameToNothing, type Import, noCounts } from "./import.ts";
import { importExists, importFileGone } from "./import-errors.ts";
import type { ImportOptions } from "./import-options.ts";
import { findImportOfFile, resetCounts } from "./import-queries.ts";
import { canBeRevised, changeImport, refuseMove } from "./move-import.ts";
import { checkImportOptions } from "./recognize-file.ts";
import { runImport } from "./run-import.ts";
import type { AskedOfImport } from "./start-import.ts";

export interface RevisedImport extends AskedOfImport {
  readonly options: ImportOptions;
  readonly optionsHash: string;
}

/**
 * Has a file read again with other options, before anything of it is placed: an import that is ready, or that failed.
 * Keeps in the audit who did so.
 *
 * Locks the import. A second call with the options that it has changes nothing, unless it failed: then it tries again.
 * @throws import.not_found, import.cannot_move, import.exists, import.file_gone
 */
export async function reviseImport(tx: Tx, revised: RevisedImport, now: Date): Promise<Import> {
  const { uid, options, optionsHash, by } = revised;
  const held = await holdImport(tx, uid);
  const source = options.source ?? held.source;
  const isAsItWas = optionsHash === held.optionsHash && source === held.source;
  if (isAsItWas && (held.status === "received" || held.status === "validating" || held.status === "ready")) return held;
  if (!canBeRevised(held)) refuseMove(held, "be read with other options");
  if (held.blobKey === null) throw importFileGone({});
  const free = await freeGeneration(tx, held, { source, optionsHash });
  const generation = isAsItWas ? held.generation : free;

  await resetCounts(tx, held);
  const forgotten = { ...noCounts, plan: null, stage: null, mark: 0, readBytes: 0n, stageAt: null, stageFrom: 0 };
  const afresh = { runner: null, failureCode: null, failureDetail: null };
  const change = { status: "received", source, options, optionsHash, generation, ...forgotten, ...afresh } as const;
  const received = await changeImport(tx, held, change, now);
  await recordAction(tx, { by, action: "import.revised", subject: `import/${uid}`, detail: { options } }, now);
  await enqueue(tx, [queued(runImport, { importUid: held.uid })]);
  return received;
}

export interface ChangedOptions extends AskedOfImport {
  readonly changes: Partial<ImportOptions>;
}

/**
 * Has a file read again with some options changed, and the others as they were.
 *
 * Locks the import. A second call changes nothing, unless the import failed.
 * @throws import.not_found, import.cannot_move, import.exists, import.file_gone, import_file.time_zone_unknown,
 *   import_file.currency_unknown
 */
export async function changeImportOptions(tx: Tx, changed: ChangedOptions, now: Date): Promise<Import> {
  const { uid, changes, by } = changed;
  const held = await holdImport(tx, uid);
  const options = { ...held.options, ...changes };
  checkImportOptions(options);
  return reviseImport(tx, { uid, options, optionsHash: fingerprintOfOptions(options), by }, now);
}

/** @throws import.exists */
async function freeGeneration(tx: Tx, held: Import, key: { source: string; optionsHash: string }): Promise<number> {
  const other = await findImportOfFile(tx, { ...key, contentHash: held.contentHash });
  if (other && other.uid !== held.uid && !cameToNothing(other)) throw importExists({ import: other.uid });
  return (other?.newestGeneration ?? 0) + 1;
}
