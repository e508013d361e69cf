import type { Tx } from "../platform/db.ts";
import { lockOwner } from "./shopper-queries.ts";

/**
 * Holds everything that these owners have until the transaction ends, also what an anonymous one had who signed in
 * meanwhile: whoever moves things between owners looks for that itself.
 *
 * Locks the owners' names in ascending order.
 */
export async function lockOwners(tx: Tx, owners: readonly string[]): Promise<void> {
  await Promise.all([...new Set(owners)].sort().map((owner) => lockOwner(tx, { owner })));
}
