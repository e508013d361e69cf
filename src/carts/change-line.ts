import type { Tx } from "../platform/db.ts";
import { touched, withLine } from "./cart.ts";
import { setQuantity, touchCart } from "./cart-queries.ts";
import { holdLine, type LineAsked } from "./hold-line.ts";
import type { PricedCart } from "./price-cart.ts";
import { assertWorth } from "./put-pieces.ts";
import { priceAt, type Viewing } from "./show-cart.ts";

/**
 * Gives a line as many pieces as are wanted.
 *
 * Locks the shopper, then the cart. A second call changes nothing more.
 * @throws cart.not_found, cart.checked_out, cart.line_not_found, cart.worth_too_much, identity.shopper_merged
 */
export async function changeLine(
  tx: Tx,
  { quantity, viewing, ...asked }: LineAsked & { quantity: bigint; viewing: Viewing },
  now: Date,
): Promise<PricedCart> {
  const { cart, line } = await holdLine(tx, asked);
  const changed = await priceAt(tx, touched(withLine(cart, { ...line, quantity }), now), viewing, now);
  // Fewer pieces are never refused, also where the cart is worth too much with them.
  if (quantity > line.quantity) assertWorth(changed);
  const { cartId } = cart;
  tx.finish([setQuantity(tx, { cartId, lineId: line.lineId, quantity }), touchCart(tx, { cartId, now })]);
  return changed;
}
