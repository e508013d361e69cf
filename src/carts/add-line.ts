import type { Tx } from "../platform/db.ts";
import { type CartAsked, holdCart } from "./lock-cart.ts";
import type { PricedCart } from "./price-cart.ts";
import { type AddedPieces, putPieces } from "./put-pieces.ts";

/**
 * Puts pieces into the cart that a shopper adds to, which is made if need be, or into another one of theirs.
 *
 * Locks the shopper, then the cart. A second call adds as many again.
 * @throws cart.not_found, cart.checked_out, cart.price_not_found, cart.price_not_sold, cart.other_currency,
 *   cart.too_many_lines, cart.too_many_pieces, cart.worth_too_much, identity.shopper_merged
 */
export async function addLine(tx: Tx, added: AddedPieces & CartAsked, now: Date): Promise<PricedCart> {
  return putPieces(tx, added, { held: await holdCart(tx, added), kind: "current" }, now);
}
