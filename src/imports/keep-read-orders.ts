import type { Tx } from "../platform/db.ts";
import { countStep, holdOwn, type Runner } from "./hold-runner.ts";
import type { Import } from "./import.ts";
import {
  copyImportRows,
  copyOrders,
  deleteOrders,
  deleteRows,
  type StagedOrder,
  type StagedRow,
} from "./import-row-queries.ts";
import { changeImport } from "./move-import.ts";
import type { FilePlan, ReadOrder, RowFault } from "./reading.ts";

const forgottenAtOnce = 10_000; // A second or so, within a statement's time by far.

/**
 * Takes away rows and orders of an earlier reading, so many at a time; answers how many rows and orders it found.
 * @throws import.not_found
 */
export async function forgetReading(tx: Tx, own: Runner): Promise<number> {
  await holdOwn(tx, own);
  const page = { importId: own.importId, limit: forgottenAtOnce };
  const [orders, rows] = await Promise.all([deleteOrders(tx, page), deleteRows(tx, page)]);
  return orders + rows;
}

/**
 * Begins to read a file as it was understood.
 * @throws import.not_found
 */
export async function beginReading(tx: Tx, own: Runner, plan: FilePlan, now: Date): Promise<Import> {
  const held = await holdOwn(tx, own);
  return changeImport(tx, held, { status: "validating", stage: "reading", plan, stageAt: now }, now);
}

/** Orders that were read one after the other, and how much of the file that took. */
export interface ReadChunk {
  readonly orders: readonly ReadOrder[];
  readonly readBytes: number;
}

/**
 * Keeps what was read, with the mark behind it and what it counts: a reading that is killed goes on there.
 * Throws `ImportTaken` when the import is not the runner's any more.
 */
export async function keepReadOrders(tx: Tx, own: Runner, { orders, readBytes }: ReadChunk, now: Date): Promise<void> {
  const { importId } = own;
  const staged = orders.map((order) => stagedOrder(importId, order));
  const rows = orders.flatMap((order) => stagedRows(importId, order));
  const count = (exception: string) => staged.filter((order) => order.exception === exception);
  const rejected = count("rejected");
  const counts = {
    rowsRead: rows.length,
    rowsDropped: rows.length - liveRowsOf(staged),
    rowsRejected: liveRowsOf(rejected),
    ordersRead: staged.length,
    ordersDropped: count("dropped").length,
    ordersRejected: rejected.length,
  };
  await Promise.all([
    copyOrders(tx, staged),
    copyImportRows(tx, rows),
    countStep(tx, own, { stage: "reading", counts, mark: rows.at(-1)?.rowNo ?? 0, readBytes }, now),
  ]);
}

function liveRowsOf(orders: readonly StagedOrder[]): number {
  return orders.reduce((sum, order) => sum + order.liveRows, 0);
}

/** Why what was read cannot be placed; null when it can. */
export function exceptionOf({ draft, rows }: ReadOrder): "rejected" | "dropped" | null {
  if (draft !== null) return null;
  return rows.every((row) => row.dropped) ? "dropped" : "rejected";
}

function stagedOrder(importId: bigint, order: ReadOrder): StagedOrder {
  const { rows, draft } = order;
  return {
    importId,
    orderNo: rows[0]?.rowNo ?? 0,
    rows: rows.length,
    liveRows: liveRowCount(order),
    characters: rows.reduce((sum, { raw }) => sum + raw.length, 0),
    exception: exceptionOf(order),
    unpaid: order.unpaid,
    reference: storableReference(order.reference),
    source: order.source === null ? null : storable(order.source),
    uid: order.uid,
    draft: draft === null ? null : JSON.stringify(draft),
  };
}

export function liveRowCount({ rows }: Pick<ReadOrder, "rows">): number {
  let live = 0;
  for (const row of rows) if (!row.dropped) live += 1;
  return live;
}

function stagedRows(importId: bigint, { rows }: ReadOrder): StagedRow[] {
  const orderNo = rows[0]?.rowNo ?? 0;
  return rows.map(({ rowNo, line, dropped, faults, raw }) => {
    return { importId, rowNo, orderNo, line, dropped, faults: faultsText(faults), raw: storable(raw) };
  });
}

/** Faults as they are kept; null when there is none. */
export function faultsText(faults: readonly RowFault[]): string | null {
  return faults.length === 0 ? null : JSON.stringify(faults).replaceAll("\\u0000", "\\ufffd");
}

const longestReference = 400; // Two hundred characters may take as many; no longer one is a draft's.

/** A reference under which an order can be found; what is too long to be one is none, and its row says so. */
function storableReference(reference: string | null): string | null {
  return reference === null || reference.length > longestReference ? null : storable(reference);
}

const nul = "\u0000";
const replacement = "\ufffd";

/** Text as PostgreSQL can store it: a file may have a NUL or half a character. */
function storable(text: string): string {
  return text.includes(nul) ? text.toWellFormed().replaceAll(nul, replacement) : text.toWellFormed();
}
