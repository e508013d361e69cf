import type { Tx } from "../platform/db.ts";
import { insertMerged } from "./shopper-queries.ts";

/**
 * Notes that what an anonymous shopper had is the user's: the cookie opens nothing from then on. Of several who sign in
 * with one cookie the first gets what it had, and the others hear `already`.
 *
 * The caller holds the locks of both owners.
 */
export async function markMerged(
  tx: Tx,
  { from, userId }: { from: string; userId: string },
  now: Date,
): Promise<"merged" | "already"> {
  return (await insertMerged(tx, { owner: from, userId, now })) === 1 ? "merged" : "already";
}
