import type { Tx } from "../platform/db.ts";
import {
  deleteOverAttempts,
  deleteOverSessions,
  deleteOverTokens,
  deleteOverVerifications,
} from "./cleanup-queries.ts";

const mostForgotten = 1000; // A short transaction, so that nobody who signs in waits for the janitor.

/**
 * Takes away sessions, links, one-time tokens and counts that are over, 1,000 of each at most. Answers how many: the
 * janitor comes back while there are more.
 */
export async function forgetOver(tx: Tx, now: Date): Promise<number> {
  const over = { now, most: mostForgotten };
  const forgotten = [
    await deleteOverSessions(tx, over),
    await deleteOverVerifications(tx, over),
    await deleteOverTokens(tx, over),
    await deleteOverAttempts(tx, over),
  ];
  return forgotten.reduce((sum, count) => sum + count, 0);
}
