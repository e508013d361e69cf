import { refusal } from "../platform/errors.ts";

type Nothing = Record<string, never>;

export const cartEmpty = refusal<Nothing>(
  "checkout.cart_empty",
  "conflict",
  () => "There is nothing in the cart to be ordered.",
);

export const billingMissing = refusal<Nothing>(
  "checkout.billing_missing",
  "invalid",
  () => "Nobody is billed yet: send `billing` or the `customer_id` of a billing identity.",
);

export const notForSale = refusal<Nothing>(
  "checkout.not_for_sale",
  "conflict",
  () => "Something in the cart is not sold any more; take it out. `lines` says what.",
);

export const recurringPrice = refusal<Nothing>(
  "checkout.recurring_price",
  "conflict",
  () => "Prices that are due again in each interval cannot be ordered here yet. `lines` says which.",
);

export const priceChanged = refusal<Nothing>(
  "checkout.price_changed",
  "conflict",
  () => "It costs something else than the shopper agreed to: show `old` and `new`, and ask again.",
);

export const billedTwice = refusal<Nothing>(
  "checkout.billed_twice",
  "invalid",
  () => "Send either `billing` or `customer_id`, not both.",
);
