import { type NewOrder, type OrderPolicy, type Placement, placeOrders } from "../orders/index.ts";
import type { Tx } from "../platform/db.ts";
import { columnsOf } from "../platform/statements.ts";
import { countStep, type Runner } from "./hold-runner.ts";
import type { Import } from "./import.ts";
import { saveFragmentOutcomes, saveOutcomes, type WaitingOrder } from "./import-row-queries.ts";
import { type Piece, rowFaultOf } from "./prepare-orders.ts";
import type { RowFault } from "./reading.ts";

/** What became of one order of a piece. */
interface Outcome {
  readonly staged: WaitingOrder;
  readonly orderId: bigint | null;
  readonly exception: "rejected" | "duplicate" | null;
  readonly reason: RowFault | null;
}

/** Orders that were to be placed are not waiting any more: what was read of them is out of date. */
export class PieceOutdated extends Error {
  constructor(uid: string) {
    super(`Orders of import ${uid} that were to be placed do not wait any more.`);
    this.name = "PieceOutdated";
  }
}

/**
 * Places the orders of a piece and writes down what became of each, with the counts. Answers whether the import should
 * rest now. Pieces of one import may be placed at once: each waits for the others only at its end.
 *
 * Throws `ImportTaken` when the import is not the runner's any more, and `PieceOutdated` when an order has its outcome.
 * A second call places nothing.
 */
export async function placePiece(
  tx: Tx,
  { own, given, piece }: { own: Runner; given: Import; piece: Piece },
  policy: OrderPolicy,
  now: Date,
): Promise<{ paused: boolean }> {
  const orders = piece.prepared.flatMap((one) => ("order" in one ? one.order : []));
  const placements = await placeOrders(tx, orders, policy, now);
  const outcomes = outcomesOf(given, piece, new Map(orders.map((order, index) => [order, placements[index]])));
  const { importId } = own;
  const columns = columnsOf(outcomes, {
    importIds: () => importId,
    orderNos: ({ staged }) => staged.orderNo,
    orderIds: ({ orderId }) => orderId,
    exceptions: ({ exception }) => exception as string | null,
    reasons: ({ reason }) => reason && JSON.stringify(reason),
  });
  const saved = await saveOutcomes(tx, columns);
  if (saved !== outcomes.length) throw new PieceOutdated(own.uid);
  await saveOnFragments(tx, importId, piece.waiting);
  return countStep(tx, own, { stage: "placing", counts: countsOf(outcomes) }, now);
}

/** Has fragments follow what became of the orders that they were put together with; asks nothing where there are none. */
export async function saveOnFragments(
  tx: Tx,
  importId: bigint,
  orders: readonly { readonly orderNo: number; readonly fragments: number }[],
): Promise<void> {
  const apart = orders.filter(({ fragments }) => fragments > 1);
  if (apart.length === 0) return;
  const columns = columnsOf(apart, { importIds: () => importId, orderNos: ({ orderNo }) => orderNo });
  await saveFragmentOutcomes(tx, columns);
}

function outcomesOf(
  given: Import,
  { waiting, prepared }: Piece,
  placements: ReadonlyMap<NewOrder, Placement | undefined>,
): Outcome[] {
  return waiting.map((staged, index): Outcome => {
    const one = prepared[index];
    const placement = one && "order" in one ? placements.get(one.order) : undefined;
    if (placement?.outcome === "placed")
      return { staged, orderId: placement.order.orderId, exception: null, reason: null };
    if (placement?.outcome === "duplicate")
      return { staged, orderId: placement.order.orderId, exception: "duplicate", reason: null };
    const reason = one && "fault" in one ? one.fault : rowFaultOf(given.plan, placement?.fault);
    return { staged, orderId: null, exception: "rejected", reason };
  });
}

function countsOf(outcomes: readonly Outcome[]) {
  const counts = {
    ordersPlaced: 0,
    rowsPlaced: 0,
    ordersRejected: 0,
    rowsRejected: 0,
    ordersDuplicate: 0,
    rowsDuplicate: 0,
  };
  for (const { exception, staged } of outcomes) {
    const kind = exception === null ? "Placed" : exception === "rejected" ? "Rejected" : "Duplicate";
    counts[`orders${kind}`] += 1;
    counts[`rows${kind}`] += staged.liveRows;
  }
  return counts;
}
