import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { holdImport } from "./find-imports.ts";
import type { Import } from "./import.ts";
import { changeImport, placingFrom, refuseMove } from "./move-import.ts";
import { runImport } from "./run-import.ts";

/** Which import, and who has something done with it. */
export interface AskedOfImport {
  readonly uid: string;
  readonly by: Doer;
}

/**
 * Starts to place the orders of an import that is ready, and keeps in the audit who did so.
 *
 * Locks the import. A second call changes nothing.
 * @throws import.not_found, import.cannot_move
 */
export async function startImport(tx: Tx, { uid, by }: AskedOfImport, now: Date): Promise<Import> {
  const held = await holdImport(tx, uid);
  if (held.status === "running") return held;
  if (held.status !== "ready") refuseMove(held, "be started");
  const started = await changeImport(tx, held, { ...placingStarts(held, now) }, now);
  await recordAction(tx, { by, action: "import.started", subject: `import/${uid}`, detail: {} }, now);
  await enqueue(tx, [queued(runImport, { importUid: held.uid })]);
  return started;
}

/** What an import is when its orders begin to be placed. */
export function placingStarts(held: Import, now: Date) {
  return { status: "running", stage: "placing", mark: 0, stageAt: now, startedAt: now, ...placingFrom(held) } as const;
}
