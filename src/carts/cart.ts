/** `current`: what the shopper adds to. `buy_now`: made for one purchase, so that the current one stays as it is. */
export type CartKind = "current" | "buy_now";

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
  /** In the order in which they were put in. */
  readonly lines: readonly CartLine[];
}

export const mostLines = 100; // A shopper has a few; a line costs a price, words and a picture in every answer.
export const mostOfLine = 1_000_000n; // As many as an item of an order may have.
