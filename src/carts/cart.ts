import { tooManyLines, tooManyPieces } from "./cart-errors.ts";

/**
 * `current`: what the shopper adds to. `buy_now`: made for one purchase, so that the current one stays as it is.
 * `set_aside`: came with the shopper to an account whose cart it could not be merged into.
 */
export type CartKind = "current" | "buy_now" | "set_aside";

export type CartStatus = "open" | "checked_out" | "merged";

/** What a shopper has put together. */
export interface Cart {
  readonly cartId: string;
  /** `user/…` or `anonymous/…`. */
  readonly owner: string;
  readonly kind: CartKind;
  readonly status: CartStatus;
  readonly currency: string;
  /** The order that it became. */
  readonly orderId: bigint | null;
  readonly mergedInto: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface CartLine {
  readonly lineId: string;
  readonly priceId: string;
  readonly quantity: bigint;
  /** What one cost when the shopper put it in, or agreed to a new price. */
  readonly agreedUnitMinor: bigint;
  readonly addedAt: Date;
}

export interface CartWithLines extends Cart {
  /** By their ids, and so in the order in which they were put in. */
  readonly lines: readonly CartLine[];
}

export const mostLines = 100; // A shopper has a few; a line costs a price, words and a picture in every answer.
export const mostPieces = 1_000_000n; // As many as one item of an order may have.

/** A cart with nothing in it, which nobody keeps: it is written with its first line. */
export function newCart(
  { cartId, owner, kind, currency }: Pick<Cart, "cartId" | "owner" | "kind" | "currency">,
  now: Date,
): CartWithLines {
  const none = { orderId: null, mergedInto: null, lines: [] };
  return { cartId, owner, kind, currency, status: "open", ...none, createdAt: now, updatedAt: now };
}

/** The cart as it is when something in it was changed now; a clock that was set back does not make it older. */
export function touched(cart: CartWithLines, now: Date): CartWithLines {
  return { ...cart, updatedAt: now > cart.updatedAt ? now : cart.updatedAt };
}

/**
 * The cart with a line more, or more pieces on the line that has this price. What the shopper agreed to before stays:
 * whoever adds to a line whose price changed is told of it, not charged otherwise.
 * @throws cart.too_many_lines, cart.too_many_pieces
 */
export function withPieces(cart: CartWithLines, added: CartLine): CartWithLines {
  const there = cart.lines.find(({ priceId }) => priceId === added.priceId);
  if (!there) {
    if (cart.lines.length >= mostLines) throw tooManyLines({ most: mostLines });
    const lines = [...cart.lines, added].sort((one, other) => (one.lineId < other.lineId ? -1 : 1));
    return { ...cart, lines };
  }
  const quantity = there.quantity + added.quantity;
  if (quantity > mostPieces) throw tooManyPieces({ most: mostPieces });
  return withLine(cart, { ...there, quantity });
}

/** The cart with one of its lines as it is now. */
export function withLine(cart: CartWithLines, changed: CartLine): CartWithLines {
  return { ...cart, lines: cart.lines.map((line) => (line.lineId === changed.lineId ? changed : line)) };
}

/** Whether two carts can become one without anything being lost: one currency, and no more than a cart may have. */
export function canMerge(one: CartWithLines, other: CartWithLines): boolean {
  const pieces = new Map(one.lines.map(({ priceId, quantity }) => [priceId, quantity]));
  for (const { priceId, quantity } of other.lines) pieces.set(priceId, (pieces.get(priceId) ?? 0n) + quantity);
  const fits = pieces.size <= mostLines && [...pieces.values()].every((quantity) => quantity <= mostPieces);
  return one.currency === other.currency && fits;
}
