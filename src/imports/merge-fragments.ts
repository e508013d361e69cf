import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import { faultOf } from "./fault.ts";
import { countStep, holdOwn, type Runner } from "./hold-runner.ts";
import { type Import, mostRowsOfOrder } from "./import.ts";
import type { ImportProgress } from "./import-queries.ts";
import {
  listFragments,
  listMerged,
  listRowsOf,
  mergeFragments,
  saveFragmentOutcomes,
  saveMerged,
  saveRowFaults,
} from "./import-row-queries.ts";
import { exceptionOf, faultsText, liveRowCount } from "./keep-read-orders.ts";
import { changeImport } from "./move-import.ts";
import type { ReadOrder } from "./reading.ts";
import { rereadOrder } from "./reread-order.ts";

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

const ordersAtOnce = 500;
const rowsAtOnce = 2_000; // Or those of one order: what is held at once is bounded.

interface Fragments {
  readonly orderNo: number;
  readonly fragmentNos: number[];
  readonly rowNos: number[];
  rows: number;
  liveRows: number;
  rejected: number;
  dropped: number;
  rejectedRows: number;
}

/** How an order is understood when its fragments are read as one. */
interface Whole {
  readonly fragments: Fragments;
  readonly read: ReadOrder | undefined;
}

/**
 * Reads the next orders again whose rows stand apart, all of each together. Answers whether there were any.
 * Throws `ImportTaken` when the import is not the runner's any more.
 */
export async function mergeNext(tx: Tx, own: Runner, given: Import, now: Date): Promise<boolean> {
  const { importId } = own;
  const held = await holdOwn(tx, own);
  const merged = await listMerged(tx, { importId, after: held.mark, limit: ordersAtOnce });
  if (merged.length === 0) return false;
  const orderNos = merged.map(({ orderNo }) => orderNo);
  const found = firstRows(gather(await listFragments(tx, { importId, orderNos })));
  const wholes = await readWholes(tx, given, found);
  await saveWholes(tx, importId, wholes);
  const counts = sumOf(wholes.map(changeOf));
  await countStep(tx, own, { stage: "merging", counts, mark: found.at(-1)?.orderNo ?? 0 }, now);
  return true;
}

/** As many orders as are read at once: the first in any case. */
function firstRows(found: readonly Fragments[]): Fragments[] {
  let rows = 0;
  return found.filter((fragments, index) => {
    rows += isReadable(fragments) ? fragments.rows : 0;
    return index === 0 || rows <= rowsAtOnce;
  });
}

function isReadable({ rows }: Fragments): boolean {
  return rows <= mostRowsOfOrder;
}

function gather(rows: Awaited<ReturnType<typeof listFragments>>): Fragments[] {
  const byOrder = new Map<number, Fragments>();
  for (const { orderNo, fragmentNo, rows: count, liveRows, exception } of rows) {
    const none = {
      orderNo,
      fragmentNos: [],
      rowNos: [],
      rows: 0,
      liveRows: 0,
      rejected: 0,
      dropped: 0,
      rejectedRows: 0,
    };
    const order: Fragments = byOrder.get(orderNo) ?? none;
    byOrder.set(orderNo, order);
    order.fragmentNos.push(fragmentNo);
    if (order.rows + count <= mostRowsOfOrder) order.rowNos.push(...numbersFrom(fragmentNo, count));
    order.rows += count;
    order.liveRows += liveRows;
    if (exception === "rejected") order.rejected += 1;
    if (exception === "rejected") order.rejectedRows += liveRows;
    if (exception === "dropped") order.dropped += 1;
  }
  return [...byOrder.values()].sort((one, other) => one.orderNo - other.orderNo);
}

/** The numbers of rows that stand together. */
export function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

async function readWholes(tx: Tx, given: Import, found: readonly Fragments[]): Promise<Whole[]> {
  const { importId, plan, options } = given;
  if (plan === null) throw new Error(`Import ${given.uid} is merged before it was understood.`);
  const readable = found.filter(isReadable);
  const orderOf = new Map(readable.flatMap((one) => one.fragmentNos.map((fragmentNo) => [fragmentNo, one.orderNo])));
  const rows = await listRowsOf(tx, { importId, rowNos: readable.flatMap((one) => one.rowNos) });
  const byOrder = Map.groupBy(rows, ({ orderNo }) => orderOf.get(orderNo));
  return found.map((fragments) => {
    const own = byOrder.get(fragments.orderNo);
    return { fragments, read: own && rereadOrder(plan, options, own) };
  });
}

async function saveWholes(tx: Tx, importId: bigint, wholes: readonly Whole[]): Promise<void> {
  const columns = columnsOf(wholes, {
    importIds: () => importId,
    orderNos: ({ fragments }) => fragments.orderNo,
    liveRows: ({ fragments, read }) => (read ? liveRowCount(read) : fragments.liveRows),
    fragments: ({ fragments }) => fragments.fragmentNos.length,
    exceptions: ({ read }) => (read ? (exceptionOf(read) as string | null) : "rejected"),
    unpaids: ({ read }) => read?.unpaid ?? false,
    sources: ({ read }) => read?.source ?? null,
    drafts: ({ read }) => (read?.draft ? JSON.stringify(read.draft) : null),
    reasons: ({ read }) => (read ? null : JSON.stringify(faultOf("too_many_rows", null, null))),
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
function changeOf({ fragments, read }: Whole): Partial<ImportProgress> {
  const exception = read ? exceptionOf(read) : "rejected";
  const liveRows = read ? liveRowCount(read) : fragments.liveRows;
  return {
    ordersRead: 1 - fragments.fragmentNos.length,
    ordersDropped: (exception === "dropped" ? 1 : 0) - fragments.dropped,
    ordersRejected: (exception === "rejected" ? 1 : 0) - fragments.rejected,
    rowsDropped: fragments.liveRows - liveRows,
    rowsRejected: (exception === "rejected" ? liveRows : 0) - fragments.rejectedRows,
  };
}

function sumOf(changes: readonly Partial<ImportProgress>[]): Partial<ImportProgress> {
  const sum: Record<string, number> = {};
  for (const change of changes)
    for (const [name, count] of Object.entries(change)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
