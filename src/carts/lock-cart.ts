import { lockShopper } from "../identity/index.ts";
import type { Tx } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import { type CartWithLines, mostLines } from "./cart.ts";
import { cartCheckedOut, cartNotFound } from "./cart-errors.ts";
import { listCurrentLines, listLines, lockCartRow, lockCurrentCart } from "./cart-queries.ts";

/** Which cart of which shopper. */
export interface CartAsked {
  readonly owner: string;
  /** One of theirs; without it the one that they add to. */
  readonly cartId?: string | undefined;
}

/**
 * Holds a shopper's cart with its lines until the transaction ends; undefined when there is none of theirs by this id.
 * One that was checked out or merged is answered too: its status says so.
 *
 * Locks the cart's row, after `lockShopper`.
 */
export async function lockCart(tx: Tx, asked: { owner: string; cartId: string }): Promise<CartWithLines | undefined> {
  if (!isUuid(asked.cartId)) return undefined;
  // The second statement sees what was committed while the first waited; both travel together.
  const [cart, lines] = await Promise.all([
    lockCartRow(tx, asked),
    listLines(tx, { cartId: asked.cartId, limit: mostLines }),
  ]);
  return cart && { ...cart, lines };
}

async function lockCurrent(tx: Tx, owner: string): Promise<CartWithLines | undefined> {
  const [cart, lines] = await Promise.all([
    lockCurrentCart(tx, { owner }),
    listCurrentLines(tx, { owner, limit: mostLines }),
  ]);
  return cart && { ...cart, lines };
}

/**
 * Holds a cart that its shopper may change; undefined when they have none that they add to.
 *
 * Locks the shopper, then the cart, in one round trip.
 * @throws cart.not_found, cart.checked_out, identity.shopper_merged
 */
export async function holdCart(tx: Tx, { owner, cartId }: CartAsked): Promise<CartWithLines | undefined> {
  const [, cart] = await Promise.all([
    lockShopper(tx, owner),
    cartId === undefined ? lockCurrent(tx, owner) : lockCart(tx, { owner, cartId }),
  ]);
  if (cart?.status === "checked_out") throw cartCheckedOut({});
  if (cartId !== undefined && cart?.status !== "open") throw cartNotFound({ cart: cartId });
  return cart;
}
