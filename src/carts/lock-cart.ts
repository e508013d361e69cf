import type { Tx } from "../platform/db.ts";
import { type CartWithLines, mostLines } from "./cart.ts";
import { listLines, lockCartRow } from "./cart-queries.ts";

/**
 * Holds a shopper's cart with its lines until the transaction ends; undefined when there is none of theirs by this id.
 * One that was checked out or merged is answered too: its status says so.
 *
 * Locks the cart's row, after `lockShopper`.
 */
export async function lockCart(tx: Tx, asked: { owner: string; cartId: string }): Promise<CartWithLines | undefined> {
  // The second statement sees what was committed while the first waited; both travel together.
  const [cart, lines] = await Promise.all([
    lockCartRow(tx, asked),
    listLines(tx, { cartId: asked.cartId, limit: mostLines }),
  ]);
  return cart && { ...cart, lines };
}
