import { recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { holdImport } from "./find-imports.ts";
import type { Import } from "./import.ts";
import { changeImport, placingFrom, refuseMove } from "./move-import.ts";
import { runImport } from "./run-import.ts";
import type { AskedOfImport } from "./start-import.ts";

/**
 * Has a paused import go on where it rests, and keeps in the audit who did so.
 *
 * Locks the import. A second call changes nothing.
 * @throws import.not_found, import.cannot_move
 */
export async function resumeImport(tx: Tx, { uid, by }: AskedOfImport, now: Date): Promise<Import> {
  const held = await holdImport(tx, uid);
  if (held.status !== "running") refuseMove(held, "be resumed");
  if (held.pausedAt === null) return held;
  // Whoever still ends a piece from before the pause finds that the import is not its own any more.
  const change = { pausedAt: null, runner: null, stageAt: now, ...placingFrom(held) };
  const resumed = await changeImport(tx, held, change, now);
  await recordAction(tx, { by, action: "import.resumed", subject: `import/${uid}`, detail: {} }, now);
  await enqueue(tx, [queued(runImport, { importUid: held.uid })]);
  return resumed;
}
