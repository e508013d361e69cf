import type { Tx } from "../platform/db.ts";
import { countCustomers, deleteRepeated, setOwner } from "./customer-queries.ts";

/**
 * Gives an anonymous shopper's billing identities to a user and answers how many there were. One that the user has in the
 * same words already is folded into it. The user's default stays; without one the shopper's is it. None is ever lost,
 * even if the user then has more than one may make.
 *
 * The caller holds both owners. A second call finds nothing to move.
 */
export async function moveCustomers(tx: Tx, { from, to }: { from: string; to: string }, now: Date): Promise<number> {
  if (from === to) return 0; // Each would be folded into itself.
  const folded = await deleteRepeated(tx, { oldOwner: from, newOwner: to });
  const { hasDefault } = await countCustomers(tx, { owner: to });
  const moved = await setOwner(tx, { oldOwner: from, newOwner: to, keepsDefault: !hasDefault, now });
  return folded + moved;
}
