import type { Tx } from "../platform/db.ts";
import { touched } from "./cart.ts";
import { deleteCart, deleteLine, touchCart } from "./cart-queries.ts";
import { holdLine, type LineAsked } from "./hold-line.ts";
import { type CartAsked, holdCart } from "./lock-cart.ts";
import type { PricedCart } from "./price-cart.ts";
import { priceAt, type Viewing } from "./show-cart.ts";

/**
 * Takes a line out of a cart, and the cart away with its last line: then the answer is undefined.
 *
 * Locks the shopper, then the cart. A second call finds no line.
 * @throws cart.not_found, cart.checked_out, cart.line_not_found, identity.shopper_merged
 */
export async function removeLine(
  tx: Tx,
  { viewing, ...asked }: LineAsked & { viewing: Viewing },
  now: Date,
): Promise<PricedCart | undefined> {
  const { cart, line } = await holdLine(tx, asked);
  const { cartId } = cart;
  const lines = cart.lines.filter(({ lineId }) => lineId !== line.lineId);
  if (lines.length === 0) {
    tx.finish([deleteCart(tx, { cartId })]);
    return undefined;
  }
  const left = await priceAt(tx, touched({ ...cart, lines }, now), viewing, now);
  tx.finish([deleteLine(tx, { cartId, lineId: line.lineId }), touchCart(tx, { cartId, now })]);
  return left;
}

/**
 * Takes a cart away with all that is in it. Without one that the shopper adds to, nothing is done.
 *
 * Locks the shopper, then the cart.
 * @throws cart.not_found, cart.checked_out, identity.shopper_merged
 */
export async function emptyCart(tx: Tx, asked: CartAsked): Promise<void> {
  const cart = await holdCart(tx, asked);
  if (cart) tx.finish([deleteCart(tx, { cartId: cart.cartId })]);
}
