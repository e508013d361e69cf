import { recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { holdImport } from "./find-imports.ts";
import { canMoveImport, type Import } from "./import.ts";
import { changeImport, refuseMove } from "./move-import.ts";
import type { AskedOfImport } from "./start-import.ts";

/**
 * Ends an import before its end, and keeps in the audit who did so. Orders that it placed stay as they are.
 *
 * Locks the import; what is being placed just now is rolled back. A second call changes nothing.
 * @throws import.not_found, import.cannot_move
 */
export async function cancelImport(tx: Tx, { uid, by }: AskedOfImport, now: Date): Promise<Import> {
  const held = await holdImport(tx, uid);
  if (held.status === "cancelled") return held;
  if (!canMoveImport(held.status, "cancelled")) refuseMove(held, "be cancelled");
  const cancelled = await changeImport(tx, held, { status: "cancelled" }, now);
  const detail = { placed: held.ordersPlaced };
  await recordAction(tx, { by, action: "import.cancelled", subject: `import/${uid}`, detail }, now);
  return cancelled;
}
