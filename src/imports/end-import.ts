import { appendEvents } from "../events/index.ts";
import { sumOrders } from "../orders/index.ts";
import type { Tx } from "../platform/db.ts";
import type { Refusal } from "../platform/errors.ts";
import { holdOwn, type Runner } from "./hold-runner.ts";
import type { Import } from "./import.ts";
import { importCompleted } from "./import-events.ts";
import { changeImport } from "./move-import.ts";

/**
 * Begins to have the orders of an import paid, when every one stands.
 * @throws import.not_found
 */
export async function beginPaying(tx: Tx, own: Runner, now: Date): Promise<Import> {
  const held = await holdOwn(tx, own);
  return changeImport(tx, held, { stage: "paying", mark: 0, stageAt: now, stageFrom: 0 }, now);
}

/**
 * Ends an import of which nothing is pending: completed, with errors when an order was rejected, or was to be charged
 * and is not paid.
 *
 * Locks the import. Sends `ImportCompleted`. Throws `ImportTaken` when the import is not the runner's any more, as after
 * the first call.
 * @throws import.not_found
 */
export async function completeImport(tx: Tx, own: Runner, now: Date): Promise<Import> {
  const held = await holdOwn(tx, own);
  const ordersUnpaid = held.options.payment === "charge" ? await countUnpaid(tx, held) : 0;
  const status = held.ordersRejected + ordersUnpaid > 0 ? "completed_with_errors" : "completed";
  const lastSequence = held.lastSequence + 1;
  const completed = await changeImport(tx, held, { status, ordersUnpaid, lastSequence }, now);
  await appendEvents(tx, [importCompleted(completed, now)]);
  return completed;
}

async function countUnpaid(tx: Tx, { uid }: Import): Promise<number> {
  const sums = await sumOrders(tx, { importId: uid });
  const unpaid = sums.filter(({ status }) => status === "pending" || status === "payment_processing");
  return unpaid.reduce((sum, { orders }) => sum + orders, 0);
}

/** Why an import cannot go on. */
export type ImportFailure = Pick<Refusal, "code" | "message">;

/**
 * Ends an import that cannot go on, with the reason: its file cannot be read, say. What it placed stays.
 *
 * Locks the import. Throws `ImportTaken` when the import is not the runner's any more.
 * @throws import.not_found
 */
export async function failImport(tx: Tx, own: Runner, { code, message }: ImportFailure, now: Date): Promise<Import> {
  const held = await holdOwn(tx, own);
  return changeImport(tx, held, { status: "failed", failureCode: code, failureDetail: message }, now);
}
