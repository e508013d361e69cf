import { lockShopper } from "../identity/index.ts";
import type { Tx } from "../platform/db.ts";
import { deleteOldestBuyNow } from "./cart-queries.ts";
import type { PricedCart } from "./price-cart.ts";
import { type AddedPieces, putPieces } from "./put-pieces.ts";

const mostBuyNow = 20; // Purchases that one shopper begins at once; of those begun and left, the oldest go.

/**
 * Makes a cart of its own for one purchase, so that the one that the shopper adds to stays as it is.
 *
 * Locks the shopper. A second call makes another cart.
 * @throws cart.price_not_found, cart.price_not_sold, cart.worth_too_much, identity.shopper_merged
 */
export async function buyNow(tx: Tx, added: AddedPieces, now: Date): Promise<PricedCart> {
  await lockShopper(tx, added.owner);
  const cart = await putPieces(tx, added, { held: undefined, kind: "buy_now" }, now);
  tx.finish([deleteOldestBuyNow(tx, { owner: added.owner, kept: mostBuyNow })]);
  return cart;
}
