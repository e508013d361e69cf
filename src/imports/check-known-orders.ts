import { findReferences, findUids } from "../orders/index.ts";
import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import { countStep, holdOwn, type Runner } from "./hold-runner.ts";
import type { Import } from "./import.ts";
import { type FaultCount, saveFaultCounts } from "./import-queries.ts";
import { listWaitingNames, saveOutcomes } from "./import-row-queries.ts";
import { changeImport } from "./move-import.ts";
import { saveOnFragments } from "./place-piece.ts";
import { placingStarts } from "./start-import.ts";

const rowsAtOnce = 2_000; // A few milliseconds of looking up.

/**
 * Begins to look which orders are there already.
 * @throws import.not_found
 */
export async function beginChecking(tx: Tx, own: Runner, now: Date): Promise<Import> {
  const held = await holdOwn(tx, own);
  return changeImport(tx, held, { stage: "checking", mark: 0, stageAt: now, stageFrom: 0 }, now);
}

/**
 * Marks those of the next orders as duplicates whose reference or UUID has an order. Answers whether there were any to
 * look at. Placing looks again, for orders that come meanwhile.
 * Throws `ImportTaken` when the import is not the runner's any more.
 */
export async function checkNext(tx: Tx, own: Runner, now: Date): Promise<boolean> {
  const { importId } = own;
  const held = await holdOwn(tx, own);
  if (held.mark >= held.rowsRead) return false;
  const mark = Math.min(held.mark + rowsAtOnce, held.rowsRead);
  const waiting = await listWaitingNames(tx, { importId, after: held.mark, to: mark });
  const sourceOf = ({ source }: { source: string | null }) => source ?? held.source;
  const references = waiting.flatMap((one) =>
    one.reference === null ? [] : { source: sourceOf(one), reference: one.reference },
  );
  const [byReference, byUid] = await Promise.all([
    findReferences(tx, references),
    findUids(
      tx,
      waiting.flatMap(({ uid }) => uid ?? []),
    ),
  ]);
  const referred = new Map(
    byReference.map((order) => [JSON.stringify([order.source, order.reference]), order.orderId]),
  );
  const called = new Map(byUid.map((order) => [order.uid, order.orderId]));
  const known = waiting.flatMap((one) => {
    const { orderNo, liveRows, fragments, reference, uid } = one;
    const orderId = referred.get(JSON.stringify([sourceOf(one), reference])) ?? called.get(uid ?? "");
    return orderId === undefined ? [] : [{ orderNo, liveRows, fragments, orderId }];
  });
  await saveDuplicates(tx, importId, known);
  const rowsDuplicate = known.reduce((sum, order) => sum + order.liveRows, 0);
  const counts = { ordersDuplicate: known.length, rowsDuplicate };
  await countStep(tx, own, { stage: "checking", counts, mark }, now);
  return true;
}

type Known = { orderNo: number; liveRows: number; fragments: number; orderId: bigint };

async function saveDuplicates(tx: Tx, importId: bigint, known: readonly Known[]): Promise<void> {
  if (known.length === 0) return;
  const columns = columnsOf(known, {
    importIds: () => importId,
    orderNos: (order) => order.orderNo,
    orderIds: (order) => order.orderId as bigint | null,
    exceptions: () => "duplicate" as string | null,
    reasons: () => null,
  });
  await saveOutcomes(tx, columns);
  await saveOnFragments(tx, importId, known);
}

/**
 * Ends the check: the import is ready, or goes on to place its orders when it is to start by itself.
 * @throws import.not_found
 */
export async function endChecking(tx: Tx, own: Runner, faultCounts: readonly FaultCount[], now: Date): Promise<Import> {
  const held = await holdOwn(tx, own);
  await saveFaultCounts(tx, { importId: own.importId, faultCounts: JSON.stringify(faultCounts) });
  const ready = { status: "ready", stage: null, mark: 0, stageAt: null, stageFrom: 0, runner: null } as const;
  return changeImport(tx, held, held.options.auto_start ? placingStarts(held, now) : ready, now);
}
