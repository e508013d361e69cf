import { refusal } from "../platform/errors.ts";
import type { OrderStatus } from "./order.ts";

export const orderNotFound = refusal<{ order: string }>(
  "order.not_found",
  "not-found",
  ({ order }) => `There is no order ${order}.`,
);

export const orderCannotMove = refusal<{ status: OrderStatus; wanted: string; allowed: readonly OrderStatus[] }>(
  "order.cannot_move",
  "conflict",
  ({ status, wanted, allowed }) =>
    `The order is ${status}; it cannot become ${wanted}. From here it can become ${allowed.length > 0 ? allowed.join(" or ") : "nothing else"}.`,
);

export const orderPaymentUnderWay = refusal<object>(
  "order.payment_under_way",
  "conflict",
  () => "A payment of this order is under way; ask again when it has ended.",
);

export const orderStatusUnknown = refusal<{ status: string }>(
  "order.status_unknown",
  "invalid",
  ({ status }) => `"${status}" is no status of an order.`,
);

export const orderInvalid = refusal<object>("order.invalid", "invalid", () => "The order cannot be placed as it is.");

export const orderPaymentUnconfirmed = refusal<object>(
  "order.payment_unconfirmed",
  "unavailable",
  () => "The payment could not be looked up just now; send the webhook again.",
);
