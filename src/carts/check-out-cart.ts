import type { Tx } from "../platform/db.ts";
import { cartCheckedOut } from "./cart-errors.ts";
import { setCheckedOut } from "./cart-queries.ts";

/**
 * Makes a cart the one of which an order was made: from now on it never changes, and the shopper's next line begins a new
 * one. Its lines stay, to show what was in it.
 *
 * Takes a cart that `lockCart` holds.
 * @throws cart.checked_out
 */
export async function checkOutCart(tx: Tx, asked: { cartId: string; orderId: bigint }, now: Date): Promise<void> {
  const changed = await setCheckedOut(tx, { ...asked, now });
  if (changed === 0) throw cartCheckedOut({});
}
