import { refusal } from "../platform/errors.ts";

type Nothing = Record<string, never>;

export const cartNotFound = refusal<{ cart: string }>(
  "cart.not_found",
  "not-found",
  ({ cart }) => `There is no cart ${cart}.`,
);

export const lineNotFound = refusal<{ line: string }>(
  "cart.line_not_found",
  "not-found",
  ({ line }) => `The cart has no line ${line}.`,
);

export const unknownPrice = refusal<{ price: string }>(
  "cart.price_not_found",
  "not-found",
  ({ price }) => `There is no price ${price}.`,
);

export const unsoldPrice = refusal<{ price: string }>(
  "cart.price_not_sold",
  "conflict",
  ({ price }) => `Nothing is sold at the price ${price} just now.`,
);

export const cartCheckedOut = refusal<Nothing>(
  "cart.checked_out",
  "conflict",
  () => "This cart became an order, and does not change any more. What is added next begins a new cart.",
);

export const otherCurrency = refusal<{ currency: string; cart: string }>(
  "cart.other_currency",
  "conflict",
  ({ currency, cart }) => `A price in ${currency} does not go into a cart in ${cart}; empty it first.`,
);

export const tooManyLines = refusal<{ most: number }>(
  "cart.too_many_lines",
  "conflict",
  ({ most }) => `A cart has ${most} lines at most.`,
);

export const tooManyPieces = refusal<{ most: bigint }>(
  "cart.too_many_pieces",
  "conflict",
  ({ most }) => `A line has ${most} pieces at most.`,
);

export const worthTooMuch = refusal<Nothing>(
  "cart.worth_too_much",
  "invalid",
  () => "Together this costs more than can be paid at once.",
);
