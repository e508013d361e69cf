import { recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { holdImport } from "./find-imports.ts";
import type { Import } from "./import.ts";
import { changeImport, refuseMove } from "./move-import.ts";
import type { AskedOfImport } from "./start-import.ts";

/**
 * Lets a running import rest, and keeps in the audit who did so: what is being placed is placed, nothing more is begun.
 *
 * Locks the import. A second call changes nothing.
 * @throws import.not_found, import.cannot_move
 */
export async function pauseImport(tx: Tx, { uid, by }: AskedOfImport, now: Date): Promise<Import> {
  const held = await holdImport(tx, uid);
  if (held.pausedAt !== null) return held;
  if (held.status !== "running") refuseMove(held, "be paused");
  const paused = await changeImport(tx, held, { pausedAt: now }, now);
  await recordAction(tx, { by, action: "import.paused", subject: `import/${uid}`, detail: {} }, now);
  return paused;
}
