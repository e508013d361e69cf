import { type Static, Type } from "typebox";
import type { PaymentAttempt, Refund } from "../payments/index.ts";
import { eventIdOf } from "./event-id.ts";
import { orderNumber } from "./number.ts";
import type { Order, OrderWithItems } from "./order.ts";
import type { FromCart } from "./purchase.ts";

const Uuid = Type.String({ format: "uuid" });
const Minor = Type.Integer({ minimum: 0 });
const Time = Type.String({ format: "date-time" });
const Currency = Type.String({ pattern: "^[A-Z]{3}$" });

/** Every event in an order's stream: its type and what its `data` holds. Amounts are integer minor units. */
export const orderEvents = {
  OrderCreated: Type.Object({
    orderId: Uuid,
    customerId: Uuid,
    total: Minor,
    currency: Currency,
    status: Type.Literal("created"),
    items: Type.Array(Type.Object({ sku: Type.String(), quantity: Type.Integer({ minimum: 1 }), unitPrice: Minor })),
    createdAt: Time,
  }),
  CartCheckedOut: Type.Object({
    eventId: Uuid,
    occurredAt: Time,
    orderId: Uuid,
    cartId: Uuid,
    customerId: Uuid,
    items: Type.Array(Type.Object({ productId: Uuid, quantity: Type.Integer({ minimum: 1 }), unitPrice: Minor })),
    subtotal: Minor,
    discount: Minor,
    total: Minor,
    currency: Currency,
  }),
  PaymentInitiated: Type.Object({
    paymentId: Uuid,
    orderId: Uuid,
    attempt: Type.Integer(),
    gateway: Type.String(),
    amount: Minor,
    currency: Currency,
    initiatedAt: Time,
  }),
  PaymentProcessed: Type.Object({
    paymentId: Uuid,
    orderId: Uuid,
    amount: Minor,
    currency: Currency,
    processorReference: Type.String(),
    processedAt: Time,
  }),
  PaymentFailed: Type.Object({
    paymentId: Uuid,
    orderId: Uuid,
    reason: Type.Enum(["CARD_DECLINED", "INSUFFICIENT_FUNDS", "EXPIRED_CARD", "PROCESSING_ERROR"]),
    failedAt: Time,
  }),
  OrderConfirmed: Type.Object({
    orderId: Uuid,
    customerId: Uuid,
    confirmationNumber: Type.String({ pattern: "^ORD-[0-9]{8,}$" }),
    total: Minor,
    currency: Currency,
    confirmedAt: Time,
  }),
  OrderCancelled: Type.Object({
    orderId: Uuid,
    customerId: Uuid,
    reason: Type.Enum(["CUSTOMER_REQUESTED", "PAYMENT_FAILED", "OUT_OF_STOCK", "FRAUD"]),
    cancelledAt: Time,
  }),
  RefundProcessed: Type.Object({
    refundId: Uuid,
    paymentId: Uuid,
    orderId: Uuid,
    amount: Minor,
    currency: Currency,
    processedAt: Time,
  }),
  RefundFailed: Type.Object({
    refundId: Uuid,
    paymentId: Uuid,
    orderId: Uuid,
    amount: Minor,
    currency: Currency,
    reason: Type.String(),
    failedAt: Time,
  }),
  PaymentChargedBack: Type.Object({
    paymentId: Uuid,
    orderId: Uuid,
    amount: Minor,
    currency: Currency,
    chargebackReference: Type.String(),
    chargedBackAt: Time,
  }),
  FulfilmentReady: Type.Object({ orderId: Uuid, providerId: Type.String(), readyAt: Time }),
  FulfilmentFulfilled: Type.Object({ orderId: Uuid, providerId: Type.String(), fulfilledAt: Time }),
  OrderCompleted: Type.Object({ orderId: Uuid, customerId: Uuid, completedAt: Time }),
} as const;

export type OrderEventType = keyof typeof orderEvents;
export type CancelReason = Static<(typeof orderEvents)["OrderCancelled"]>["reason"];

/** One event before it has its number in the stream. */
export interface OrderNews {
  readonly type: OrderEventType;
  readonly data: object;
}

/** Amounts stay below 10^15 minor units, so a JSON number holds them exactly. */
function amount(minor: bigint): number {
  return Number(minor);
}

export function orderCreated(order: OrderWithItems, now: Date): OrderNews {
  return {
    type: "OrderCreated",
    data: {
      orderId: order.uid,
      customerId: order.customerId,
      total: amount(order.totalMinor),
      currency: order.currency,
      status: "created",
      items: order.items.map((item) => ({
        sku: item.sku,
        quantity: Number(item.quantity),
        unitPrice: amount(item.unitPriceMinor),
      })),
      createdAt: now.toISOString(),
    },
  };
}

/** FlowMart's schema wants the event's own id among its data. Subtotal and total are as its shop shows them. */
export function cartCheckedOut(order: Order, cart: FromCart, now: Date): OrderNews {
  return {
    type: "CartCheckedOut",
    data: {
      eventId: eventIdOf(order.uid, order.lastSequence + 1),
      occurredAt: now.toISOString(),
      orderId: order.uid,
      cartId: cart.cartId,
      customerId: order.customerId,
      items: cart.lines.map(({ productId, quantity, unitMinor }) => ({
        productId,
        quantity: Number(quantity),
        unitPrice: amount(unitMinor),
      })),
      subtotal: amount(cart.lines.reduce((sum, { quantity, unitMinor }) => sum + quantity * unitMinor, 0n)),
      discount: amount(order.discountMinor),
      total: amount(order.totalMinor),
      currency: order.currency,
    },
  };
}

export function paymentInitiated(order: Order, attempt: PaymentAttempt, now: Date): OrderNews {
  return {
    type: "PaymentInitiated",
    data: {
      paymentId: attempt.key,
      orderId: order.uid,
      attempt: attempt.attempt,
      gateway: attempt.gateway,
      amount: amount(attempt.amountMinor),
      currency: attempt.currency,
      initiatedAt: now.toISOString(),
    },
  };
}

export function paymentProcessed(order: Order, attempt: PaymentAttempt, reference: string, now: Date): OrderNews {
  return {
    type: "PaymentProcessed",
    data: {
      paymentId: attempt.key,
      orderId: order.uid,
      amount: amount(attempt.amountMinor),
      currency: attempt.currency,
      processorReference: reference,
      processedAt: now.toISOString(),
    },
  };
}

const announcedFailures = new Set(["CARD_DECLINED", "INSUFFICIENT_FUNDS", "EXPIRED_CARD"]);

export function paymentFailed(order: Order, attempt: PaymentAttempt, failure: string, now: Date): OrderNews {
  const reason = failure.toUpperCase();
  return {
    type: "PaymentFailed",
    data: {
      paymentId: attempt.key,
      orderId: order.uid,
      reason: announcedFailures.has(reason) ? reason : "PROCESSING_ERROR",
      failedAt: now.toISOString(),
    },
  };
}

export function orderConfirmed(order: Order, now: Date): OrderNews {
  return {
    type: "OrderConfirmed",
    data: {
      orderId: order.uid,
      customerId: order.customerId,
      confirmationNumber: orderNumber(order.orderId),
      total: amount(order.totalMinor),
      currency: order.currency,
      confirmedAt: now.toISOString(),
    },
  };
}

export function orderCancelled(order: Order, reason: CancelReason, now: Date): OrderNews {
  return {
    type: "OrderCancelled",
    data: { orderId: order.uid, customerId: order.customerId, reason, cancelledAt: now.toISOString() },
  };
}

export function refundProcessed(order: Order, refund: Refund, paymentId: string, now: Date): OrderNews {
  return {
    type: "RefundProcessed",
    data: {
      refundId: refund.key,
      paymentId,
      orderId: order.uid,
      amount: amount(refund.amountMinor),
      currency: refund.currency,
      processedAt: now.toISOString(),
    },
  };
}

export function refundFailed(
  order: Order,
  refund: Refund,
  { paymentId, failure }: { paymentId: string; failure: string },
  now: Date,
): OrderNews {
  return {
    type: "RefundFailed",
    data: {
      refundId: refund.key,
      paymentId,
      orderId: order.uid,
      amount: amount(refund.amountMinor),
      currency: refund.currency,
      reason: failure,
      failedAt: now.toISOString(),
    },
  };
}

export function paymentChargedBack(
  order: Order,
  attempt: PaymentAttempt,
  { amountMinor, reference }: { amountMinor: bigint; reference: string },
  now: Date,
): OrderNews {
  return {
    type: "PaymentChargedBack",
    data: {
      paymentId: attempt.key,
      orderId: order.uid,
      amount: amount(amountMinor),
      currency: attempt.currency,
      chargebackReference: reference,
      chargedBackAt: now.toISOString(),
    },
  };
}

export function fulfilmentReady(order: Order, providerId: string, now: Date): OrderNews {
  return { type: "FulfilmentReady", data: { orderId: order.uid, providerId, readyAt: now.toISOString() } };
}

export function fulfilmentFulfilled(order: Order, providerId: string, now: Date): OrderNews {
  return { type: "FulfilmentFulfilled", data: { orderId: order.uid, providerId, fulfilledAt: now.toISOString() } };
}

export function orderCompleted(order: Order, now: Date): OrderNews {
  return {
    type: "OrderCompleted",
    data: { orderId: order.uid, customerId: order.customerId, completedAt: now.toISOString() },
  };
}
