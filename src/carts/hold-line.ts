import type { Tx } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import type { CartLine, CartWithLines } from "./cart.ts";
import { cartCheckedOut, lineNotFound } from "./cart-errors.ts";
import { findCartOfLine } from "./cart-queries.ts";
import { type CartAsked, holdCart } from "./lock-cart.ts";

export interface LineAsked extends CartAsked {
  readonly lineId: string;
}

export interface HeldLine {
  readonly cart: CartWithLines;
  readonly line: CartLine;
}

/**
 * Holds a cart with a line that its shopper may change. A line of a cart that became an order meanwhile is told apart
 * from one that is not there.
 *
 * Locks the shopper, then the cart.
 * @throws cart.not_found, cart.checked_out, cart.line_not_found, identity.shopper_merged
 */
export async function holdLine(tx: Tx, asked: LineAsked): Promise<HeldLine> {
  const cart = await holdCart(tx, asked);
  const line = cart?.lines.find(({ lineId }) => lineId === asked.lineId.toLowerCase());
  if (cart && line) return { cart, line };
  const other = isUuid(asked.lineId) ? await findCartOfLine(tx, asked) : undefined;
  if (asked.cartId === undefined && other?.status === "checked_out") throw cartCheckedOut({});
  throw lineNotFound({ line: asked.lineId });
}
