import { refusal } from "../platform/errors.ts";
import { type OrderStatus, orderStatuses } from "./order.ts";

export const orderNotFound = refusal<{ order: string }>(
  "order.not_found",
  "not-found",
  ({ order }) => `There is no order ${order}.`,
);

export const batchNotFound = refusal<{ batch: string }>(
  "order.batch_not_found",
  "not-found",
  ({ batch }) => `There is no batch ${batch}.`,
);

export const orderCannotMove = refusal<{ status: OrderStatus; wanted: string; allowed: readonly OrderStatus[] }>(
  "order.cannot_move",
  "conflict",
  ({ status, wanted, allowed }) =>
    `The order is ${status}; it cannot become ${wanted}. From here it can become ${allowed.length > 0 ? allowed.join(" or ") : "nothing else"}.`,
);

/** A gateway answers within half a minute, so that is when asking again is worth it. */
export const paymentRetrySeconds = 30;

export const orderPaymentUnderWay = refusal<object>(
  "order.payment_under_way",
  "conflict",
  () => "A payment of this order is under way; ask again when it has ended.",
);

export const orderStatusUnknown = refusal<{ status: string }>(
  "order.status_unknown",
  "invalid",
  ({ status }) => `"${status}" is no status of an order; there are ${orderStatuses.join(", ")}.`,
);

export const orderInvalid = refusal<object>(
  "order.invalid",
  "invalid",
  () => "An amount, a currency or what was paid is wrong.",
);

export const orderNothingToRefund = refusal<object>(
  "order.nothing_to_refund",
  "conflict",
  () => "Nothing of what was paid for this order is left to give back.",
);

export const orderRefundTooLarge = refusal<{ leftMinor: bigint; currency: string }>(
  "order.refund_too_large",
  "invalid",
  ({ leftMinor, currency }) => `One refund can give back 1 to ${leftMinor} minor units of ${currency} now.`,
);

export const orderRefundCurrency = refusal<{ currency: string }>(
  "order.refund_currency",
  "invalid",
  ({ currency }) => `The order was paid in ${currency}, and goes back in it.`,
);

export const orderRefundsTooMany = refusal<object>(
  "order.refunds_too_many",
  "conflict",
  () => "The order has as many refunds as one may have.",
);

export const orderRefundNotFound = refusal<{ refund: string }>(
  "order.refund_not_found",
  "not-found",
  ({ refund }) => `The order has no refund ${refund}.`,
);

export const orderRefundNotElsewhere = refusal<object>(
  "order.refund_not_elsewhere",
  "conflict",
  () => "The order was paid through a gateway, which gives the money back: nothing can be recorded beside it.",
);

export const orderRefundRecordedTwice = refusal<{ reference: string }>(
  "order.refund_recorded_twice",
  "conflict",
  ({ reference }) => `The refund ${reference} is recorded already.`,
);

export const orderPaymentsTooMany = refusal<object>(
  "order.payments_too_many",
  "conflict",
  () => "The order was tried to be paid as often as it may be.",
);

export const orderSessionNotFound = refusal<{ session: string }>(
  "order.session_not_found",
  "not-found",
  ({ session }) => `No payment of an order is made on the page ${session}.`,
);

export const orderLinkInvalid = refusal<object>(
  "order.link_invalid",
  "not-found",
  () => "This link opens no order: it is incomplete, or its time is over.",
);

export const orderReturnUrlWrong = refusal<object>(
  "order.return_url_wrong",
  "invalid",
  () => "The shopper cannot be sent back to this address.",
);
