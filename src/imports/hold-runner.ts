import type { Tx } from "../platform/db.ts";
import { holdImport } from "./find-imports.ts";
import { type Import, type ImportStage, isImportOver } from "./import.ts";
import { addProgress, type ImportProgress } from "./import-queries.ts";
import { changeImport } from "./move-import.ts";

/** Somebody else works on the import, or it was ended meanwhile: whoever meets this rolls back and stops. */
export class ImportTaken extends Error {
  constructor(uid: string) {
    super(`Import ${uid} is another's by now, or over.`);
    this.name = "ImportTaken";
  }
}

/** Who works on an import. */
export interface Runner {
  readonly uid: string;
  readonly importId: bigint;
  /** Drawn for this run: an earlier one that wakes up later finds another. */
  readonly runner: string;
}

/**
 * Makes a run the only one that works on an import; undefined when there is nothing to do on it.
 *
 * Locks the import. Whoever worked on it before stops at the end of his piece, and that is rolled back.
 * @throws import.not_found
 */
export async function claimImport(
  tx: Tx,
  { uid, runner }: { uid: string; runner: string },
  now: Date,
): Promise<Import | undefined> {
  const held = await holdImport(tx, uid);
  const idle = isImportOver(held.status) || held.status === "ready" || held.pausedAt !== null;
  return idle ? undefined : changeImport(tx, held, { runner }, now);
}

/**
 * The import, held until the transaction ends, if it is still the runner's; throws `ImportTaken` when it is not.
 * @throws import.not_found
 */
export async function holdOwn(tx: Tx, { uid, runner }: Runner): Promise<Import> {
  const held = await holdImport(tx, uid);
  if (held.runner !== runner || isImportOver(held.status)) throw new ImportTaken(uid);
  return held;
}

const nothingYet: ImportProgress = {
  rowsRead: 0,
  rowsDropped: 0,
  rowsPlaced: 0,
  rowsRejected: 0,
  rowsDuplicate: 0,
  ordersRead: 0,
  ordersDropped: 0,
  ordersPlaced: 0,
  ordersRejected: 0,
  ordersDuplicate: 0,
};

/** What a piece of work of a stage did, and how far it came. */
export interface Step {
  readonly stage: ImportStage;
  readonly counts?: Partial<ImportProgress>;
  readonly mark?: number;
  readonly readBytes?: number;
}

/**
 * Counts a piece of work in its transaction, as its last statement, and answers whether the import should rest now.
 * Throws `ImportTaken` when it is not the runner's any more.
 */
export async function countStep(tx: Tx, own: Runner, step: Step, now: Date): Promise<{ paused: boolean }> {
  const { importId, runner } = own;
  const { stage, counts, mark = 0, readBytes = 0 } = step;
  const place = { importId, runner, stage, mark, readBytes: BigInt(readBytes), now };
  const counted = await addProgress(tx, { ...nothingYet, ...counts, ...place });
  if (!counted) throw new ImportTaken(own.uid);
  return { paused: counted.pausedAt !== null };
}
