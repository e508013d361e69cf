import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import {
  listFragments,
  listMerged,
  type MergedOrder,
  mergeFragments,
  saveMerged,
  saveRowFaults,
} from "./fragment-queries.ts";
import { mostCharactersOfOrder } from "./group-rows.ts";
import { countStep, holdOwn, type Runner } from "./hold-runner.ts";
import type { Import } from "./import.ts";
import type { ImportProgress } from "./import-queries.ts";
import { listRowsOf, saveFragmentOutcomes } from "./import-row-queries.ts";
import { exceptionOf, faultsText, liveRowCount } from "./keep-read-orders.ts";
import { changeImport } from "./move-import.ts";
import { mostRowsOfOrder, type ReadOrder } from "./reading.ts";
import { rereadOrder } from "./reread-order.ts";
import { longestRow } from "./split-rows.ts";
import { tooManyRows } from "./understand-order.ts";

const ordersInPart = 1_000_000; // A part is sorted out in a few seconds, within a statement's time.

/**
 * Begins to put fragments of one order together, when the whole file was read.
 * @throws import.not_found
 */
export async function beginMerging(tx: Tx, own: Runner, now: Date): Promise<Import> {
  const held = await holdOwn(tx, own);
  return changeImport(tx, held, { stage: "merging", mark: 0, stageAt: now, stageFrom: 0 }, now);
}

/** In how many parts the fragments of an import are looked for. */
export function mergePartsOf({ ordersRead }: Pick<Import, "ordersRead">): number {
  return Math.max(1, Math.ceil(ordersRead / ordersInPart));
}

/**
 * Finds the fragments of one order in one part of an import. A second run changes nothing.
 * Throws `ImportTaken` when the import is not the runner's any more.
 */
export async function findFragments(
  tx: Tx,
  own: Runner,
  { part, parts }: { part: number; parts: number },
  now: Date,
): Promise<void> {
  await mergeFragments(tx, { importId: own.importId, part, parts });
  await countStep(tx, own, { stage: "merging" }, now);
}

// What is held at once is bounded: so much, and one order more, which has a thousand rows and four million characters at most.
const atOnce = { limit: 500, rows: 2_000, characters: 4_194_304 };

/** How an order is understood when its fragments are read as one; undefined when they are too much for one order. */
interface Whole {
  readonly merged: MergedOrder;
  readonly read: ReadOrder | undefined;
}

/**
 * Reads the next orders again whose rows stand apart, all of each together. Answers whether there were any.
 * Throws `ImportTaken` when the import is not the runner's any more.
 */
export async function mergeNext(tx: Tx, own: Runner, given: Import, now: Date): Promise<boolean> {
  const { importId } = own;
  const held = await holdOwn(tx, own);
  const most = { rowsOfOrder: mostRowsOfOrder, charactersOfOrder: mostCharactersOfOrder };
  const found = await listMerged(tx, { importId, after: held.mark, ...atOnce, ...most });
  const last = found.at(-1);
  if (last === undefined) return false;
  const wholes = await readWholes(tx, given, found);
  await saveWholes(tx, importId, wholes);
  const counts = sumOf(wholes.map(changeOf));
  await countStep(tx, own, { stage: "merging", counts, mark: last.orderNo }, now);
  return true;
}

function isReadable({ rows, characters }: MergedOrder): boolean {
  return rows <= mostRowsOfOrder && characters <= mostCharactersOfOrder;
}

/** The numbers of rows that stand together. */
export function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

async function readWholes(tx: Tx, given: Import, found: readonly MergedOrder[]): Promise<Whole[]> {
  const { importId, plan, options } = given;
  if (plan === null) throw new Error(`Import ${given.uid} is merged before it was understood.`);
  const orderNos = found.filter(isReadable).map(({ orderNo }) => orderNo);
  const fragments = await listFragments(tx, { importId, orderNos, limit: mostRowsOfOrder });
  const orderOf = new Map(fragments.map(({ fragmentNo, orderNo }) => [fragmentNo, orderNo]));
  const rowNos = fragments.flatMap(({ fragmentNo, rows }) => numbersFrom(fragmentNo, rows));
  const rows = await listRowsOf(tx, { importId, rowNos, characters: longestRow });
  const byOrder = Map.groupBy(rows, ({ orderNo }) => orderOf.get(orderNo));
  return found.map((merged) => {
    const own = byOrder.get(merged.orderNo);
    return { merged, read: own && rereadOrder(plan, options, own) };
  });
}

async function saveWholes(tx: Tx, importId: bigint, wholes: readonly Whole[]): Promise<void> {
  const columns = columnsOf(wholes, {
    importIds: () => importId,
    orderNos: ({ merged }) => merged.orderNo,
    liveRows: ({ merged, read }) => (read ? liveRowCount(read) : merged.liveRows),
    fragments: ({ merged }) => merged.fragments,
    exceptions: ({ read }) => (read ? (exceptionOf(read) as string | null) : "rejected"),
    unpaids: ({ read }) => read?.unpaid ?? false,
    sources: ({ read }) => read?.source ?? null,
    drafts: ({ read }) => (read?.draft ? JSON.stringify(read.draft) : null),
    reasons: ({ read }) => (read ? null : JSON.stringify(tooManyRows())),
  });
  await saveMerged(tx, columns);
  await saveFragmentOutcomes(tx, columns);
  const rows = wholes.flatMap(({ read }) => read?.rows ?? []);
  const changed = columnsOf(rows, {
    importIds: () => importId,
    rowNos: (row) => row.rowNo,
    faults: (row) => faultsText(row.faults),
    droppeds: (row) => row.dropped,
  });
  await saveRowFaults(tx, changed);
}

/** What counts otherwise now than when each fragment was taken for an order. */
function changeOf({ merged, read }: Whole): Partial<ImportProgress> {
  const exception = read ? exceptionOf(read) : "rejected";
  const liveRows = read ? liveRowCount(read) : merged.liveRows;
  return {
    ordersRead: 1 - merged.fragments,
    ordersDropped: (exception === "dropped" ? 1 : 0) - merged.dropped,
    ordersRejected: (exception === "rejected" ? 1 : 0) - merged.rejected,
    rowsDropped: merged.liveRows - liveRows,
    rowsRejected: (exception === "rejected" ? liveRows : 0) - merged.rejectedRows,
  };
}

function sumOf(changes: readonly Partial<ImportProgress>[]): Partial<ImportProgress> {
  const sum: Record<string, number> = {};
  for (const change of changes)
    for (const [name, count] of Object.entries(change)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
