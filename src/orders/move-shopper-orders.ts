import type { Tx } from "../platform/db.ts";
import { moveOwnOrders } from "./shopper-order-queries.ts";

/**
 * Gives a user what was ordered before signing in, and answers how many orders that were. The orders themselves stay as
 * they are. A second call finds none.
 *
 * Takes owners whose locks the caller holds.
 */
export function moveShopperOrders(tx: Tx, asked: { from: string; to: string }): Promise<number> {
  return moveOwnOrders(tx, asked);
}
