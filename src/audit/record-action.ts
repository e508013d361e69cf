import type { Tx } from "../platform/db.ts";
import { insertEntry } from "./audit-queries.ts";
import type { NewEntry } from "./entry.ts";

/** Keeps who did what, in the transaction of the change: neither is there without the other. */
export async function recordAction(tx: Tx, { by, action, subject, detail }: NewEntry, now: Date): Promise<void> {
  await insertEntry(tx, { ...by, action, subject, detail: JSON.stringify(detail), now });
}
