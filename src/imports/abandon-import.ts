import type { Tx } from "../platform/db.ts";
import { holdImport } from "./find-imports.ts";
import { isImportOver } from "./import.ts";
import { changeImport } from "./move-import.ts";

/**
 * Ends an import whose work was given up for good by a person: it failed. What it placed stays.
 *
 * Locks the import. One that is over, rests or waits to be started is left as it is.
 * @throws import.not_found
 */
export async function abandonImport(tx: Tx, uid: string, now: Date): Promise<void> {
  const held = await holdImport(tx, uid);
  if (isImportOver(held.status) || held.status === "ready" || held.pausedAt !== null) return;
  const failureDetail = "Its work failed again and again and was given up; the failed job says why.";
  await changeImport(tx, held, { status: "failed", failureCode: "import.given_up", failureDetail }, now);
}
