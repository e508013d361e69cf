import type { Db } from "../platform/db.ts";
import { reach } from "../platform/failpoints.ts";
import { assertLease, type Lease } from "../platform/leases.ts";
import { numberAppended } from "./event-queries.ts";

export interface Numbering {
  /** How many events have their place in the feed now. */
  readonly numbered: number;
  /** There may be more. */
  readonly full: boolean;
}

const listeners = new Set<() => void>();

/** Calls the listener whenever this process has put events into the feed. Answers how to end that. */
export function onNumbered(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Gives the next positions of the feed to events that are committed and have none, a bounded number of appends at once.
 *
 * Locks the lease, the rows it takes, then the sequencer's row. Opens its own transaction: it is the edge here.
 * Run by two at once it stays right, only slower; the token refuses one that was paused and wakes late.
 */
export async function numberEvents(db: Db, lease: Lease): Promise<Numbering> {
  const numbering = await db.transaction(async (tx) => {
    const [, counted] = await Promise.all([assertLease(tx, lease), numberAppended(tx, {})]);
    await reach("before-feed-commit");
    return counted;
  });
  if (numbering.numbered > 0) for (const listener of listeners) listener();
  return numbering;
}
