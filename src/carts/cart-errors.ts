import { refusal } from "../platform/errors.ts";

type Nothing = Record<string, never>;

export const worthTooMuch = refusal<Nothing>(
  "cart.worth_too_much",
  "invalid",
  () => "Together this costs more than can be paid at once.",
);

export const cartNotFound = refusal<{ cart: string }>(
  "cart.not_found",
  "not-found",
  ({ cart }) => `There is no cart ${cart}.`,
);

export const cartCheckedOut = refusal<Nothing>(
  "cart.checked_out",
  "conflict",
  () => "This cart became an order, and does not change any more. What is added next begins a new cart.",
);
