import { type Static, Type } from "typebox";
import type { ProviderOrder } from "../fulfillment/index.ts";
import type { PaymentAttempt } from "../payments/index.ts";
import { orderNumber } from "./number.ts";
import { movesFrom, type OrderWithItems, orderStatuses } from "./order.ts";

const Minor = Type.Unsafe<bigint>(Type.Integer({ description: "Integer minor units of the currency." }));
const Time = Type.String({ format: "date-time" });

/** An order as v2 shows it: amounts in integer minor units. */
export const OrderView = Type.Object({
  id: Type.String({ format: "uuid" }),
  number: Type.String(),
  order_id: Type.Unsafe<bigint>(Type.Integer()),
  status: Type.Enum([...orderStatuses]),
  next_statuses: Type.Array(Type.String()),
  customer_id: Type.String({ format: "uuid" }),
  customer_email: Type.String(),
  customer_name: Type.String(),
  locale: Type.String(),
  currency: Type.String(),
  items_amount: Minor,
  discount_amount: Minor,
  tax_amount: Minor,
  shipping_amount: Minor,
  total_amount: Minor,
  captured_amount: Minor,
  refunding_amount: Minor,
  refunded_amount: Minor,
  items: Type.Array(
    Type.Object({
      line: Type.Integer(),
      sku: Type.String(),
      product_name: Type.String(),
      quantity: Type.Unsafe<bigint>(Type.Integer()),
      unit_price: Minor,
      discount_amount: Minor,
      tax_amount: Minor,
      line_total: Minor,
    }),
  ),
  payment_attempts: Type.Array(
    Type.Object({
      attempt: Type.Integer(),
      payment_id: Type.String(),
      gateway: Type.String(),
      state: Type.String(),
      amount: Minor,
      currency: Type.String(),
      reference: Type.Union([Type.String(), Type.Null()]),
      failure: Type.Union([Type.String(), Type.Null()]),
      created_at: Time,
      updated_at: Time,
    }),
  ),
  provider_orders: Type.Array(
    Type.Object({ provider_id: Type.String(), processing: Type.String(), fulfilment: Type.String() }),
  ),
  expires_at: Type.Union([Time, Type.Null()]),
  created_at: Time,
  updated_at: Time,
});
export type OrderView = Static<typeof OrderView>;

export function orderView(
  order: OrderWithItems,
  attempts: readonly PaymentAttempt[],
  parts: readonly ProviderOrder[],
): OrderView {
  return {
    id: order.uid,
    number: orderNumber(order.orderId),
    order_id: order.orderId,
    status: order.status,
    next_statuses: [...movesFrom(order)],
    customer_id: order.customerId,
    customer_email: order.customerEmail,
    customer_name: order.customerName,
    locale: order.locale,
    currency: order.currency,
    items_amount: order.itemsMinor,
    discount_amount: order.discountMinor,
    tax_amount: order.taxMinor,
    shipping_amount: order.shippingMinor,
    total_amount: order.totalMinor,
    captured_amount: order.capturedMinor,
    refunding_amount: order.refundingMinor,
    refunded_amount: order.refundedMinor,
    items: order.items.map((item) => ({
      line: item.line,
      sku: item.sku,
      product_name: item.productName,
      quantity: item.quantity,
      unit_price: item.unitPriceMinor,
      discount_amount: item.discountMinor,
      tax_amount: item.taxMinor,
      line_total: item.lineTotalMinor,
    })),
    payment_attempts: attempts.map(attemptView),
    provider_orders: parts.map((part) => ({
      provider_id: part.providerId,
      processing: part.processing,
      fulfilment: part.fulfilment,
    })),
    expires_at: order.expiresAt?.toISOString() ?? null,
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
  };
}

function attemptView(attempt: PaymentAttempt): OrderView["payment_attempts"][number] {
  return {
    attempt: attempt.attempt,
    payment_id: attempt.key,
    gateway: attempt.gateway,
    state: attempt.state,
    amount: attempt.amountMinor,
    currency: attempt.currency,
    reference: attempt.reference,
    failure: attempt.failure,
    created_at: attempt.createdAt.toISOString(),
    updated_at: attempt.updatedAt.toISOString(),
  };
}
