import type { Tx } from "../platform/db.ts";
import { shopperMerged } from "./identity-errors.ts";
import { findMerged, lockOwner } from "./shopper-queries.ts";

/**
 * Holds everything that a shopper owns until the transaction ends: writes to one cart come one after the other, and none
 * comes after the cart was merged into a user's. Every verb that writes what a shopper owns takes this first.
 *
 * Locks the owner's name, nobody's row.
 * @throws identity.shopper_merged
 */
export async function lockShopper(tx: Tx, owner: string): Promise<void> {
  // The second statement sees what was committed while the first waited; both travel together.
  const [, merged] = await Promise.all([lockOwner(tx, { owner }), findMerged(tx, { owner })]);
  if (merged) throw shopperMerged({});
}
