/** Whose an order is that was a cart, and what was bought, as it was then. */
export interface ShopperOrder {
  readonly orderId: bigint;
  /** `user/…` or `anonymous/…`. */
  readonly owner: string;
  /** JSON. */
  readonly details: string;
}

/** What an order keeps of the cart that it was. */
export interface FromCart {
  readonly cartId: string;
  /** Whose it is: `user/…` or `anonymous/…`. */
  readonly owner: string;
  /** Lines, prices, tax, names, billing and pictures as they are now, as JSON: never changed once it is paid. */
  readonly details: string;
  /** Of all lines and the shipping. */
  readonly taxIncludedMinor: bigint;
  /** What subscribers hear of the cart's lines. */
  readonly lines: readonly { readonly productId: string; readonly quantity: bigint; readonly unitMinor: bigint }[];
}
