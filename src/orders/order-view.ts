import { type Static, Type } from "typebox";
import type { ProviderOrder } from "../fulfillment/index.ts";
import { minor } from "../http/minor-view.ts";
import type { PaymentAttempt } from "../payments/index.ts";
import type { PlacedOrigin } from "./changes.ts";
import { orderNumber } from "./number.ts";
import { movesFrom, type OrderWithItems, orderStatuses } from "./order.ts";

const Time = Type.String({ format: "date-time" });

/** What an order may lack: it is null then. */
function known(example: string | null, description: string) {
  return Type.Union([Type.String(), Type.Null()], { description, examples: [example] });
}

const OrderItemView = Type.Object(
  {
    line: Type.Integer({ examples: [1] }),
    sku: Type.String({ examples: ["item-1"] }),
    product_name: Type.String({ examples: ["ノートPC"] }),
    quantity: Type.Unsafe<bigint>(Type.Integer({ examples: [2] })),
    unit_price: minor(89800),
    discount_amount: minor(0),
    tax_amount: minor(0),
    line_total: minor(179600),
    tax_included_amount: minor(16327),
    provider_id: Type.String({ description: "Who handles it; `own` is the merchant.", examples: ["own"] }),
  },
  { title: "OrderItem" },
);

export const PaymentAttemptView = Type.Object(
  {
    attempt: Type.Integer({ examples: [1] }),
    payment_id: Type.String({
      description: "Our own key for it, which the gateway is given.",
      examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f-pay-1"],
    }),
    gateway: Type.String({ examples: ["sandbox"] }),
    state: Type.String({ examples: ["paid"] }),
    amount: minor(179600),
    currency: Type.String({ examples: ["JPY"] }),
    reference: Type.Union([Type.String(), Type.Null()], {
      description: "The gateway's id of the payment.",
      examples: ["pay_019ab3c0-7001-7abc-8def-0123456789ab"],
    }),
    failure: Type.Union([Type.String(), Type.Null()], { description: "Why it failed.", examples: [null] }),
    created_at: Time,
    updated_at: Time,
  },
  { title: "PaymentAttempt" },
);

const ProviderOrderView = Type.Object(
  {
    provider_id: Type.String({ description: "Who handles this part; `own` is the merchant.", examples: ["own"] }),
    processing: Type.String({ examples: ["confirmed"] }),
    fulfilment: Type.String({ examples: ["received"] }),
  },
  { title: "ProviderOrder" },
);

/** An order as v2 shows it: amounts in integer minor units. */
export const OrderView = Type.Object(
  {
    id: Type.String({ format: "uuid", description: "The order's UUID." }),
    number: Type.String({ examples: ["ORD-27180435"] }),
    order_id: Type.Unsafe<bigint>(Type.Integer({ description: "The id by which v1 knows it.", examples: [42] })),
    status: Type.Enum([...orderStatuses], { title: "OrderStatus", examples: ["paid"] }),
    next_statuses: Type.Array(Type.String({ examples: ["shipped"] }), { description: "Where it can go from here." }),
    customer_id: Type.String({ format: "uuid" }),
    customer_email: known("tanaka@example.co.jp", "Null for a customer without an address, who is told nothing."),
    customer_name: Type.String({ examples: ["田中太郎"] }),
    customer_reference: known(null, "What the source calls the customer."),
    locale: Type.String({ description: "The language in which the customer is told.", examples: ["ja"] }),
    currency: Type.String({ description: "ISO 4217.", examples: ["JPY"] }),
    items_amount: minor(179600),
    discount_amount: minor(0),
    tax_amount: minor(0),
    tax_included_amount: minor(16327),
    shipping_amount: minor(0),
    total_amount: minor(179600),
    captured_amount: minor(179600),
    refunding_amount: minor(0),
    refunded_amount: minor(0),
    charged_back_amount: minor(0),
    items: Type.Array(OrderItemView),
    payment_attempts: Type.Array(PaymentAttemptView),
    provider_orders: Type.Array(ProviderOrderView),
    expires_at: Type.Union([Time, Type.Null()], {
      description: "When it is cancelled unless it is paid.",
      examples: [null],
    }),
    source: known(null, "Whose reference the order has: the API key's name, or the import's source."),
    external_reference: known(null, "What the source calls the order; unique within the source."),
    ordered_at: Type.Union([Time, Type.Null()], {
      description: "When the customer ordered, by the source's account.",
      examples: [null],
    }),
    import_id: Type.Union([Type.String({ format: "uuid" }), Type.Null()], {
      description: "The import that it came with.",
      examples: [null],
    }),
    import_row: Type.Union([Type.Integer(), Type.Null()], {
      description: "Its first row in the import's file, counted from 1 without the header.",
      examples: [null],
    }),
    csv_source: known(null, "The name of the file that it came in."),
    batch_id: Type.Union([Type.String({ format: "uuid" }), Type.Null()], {
      description: "The batch that it came with.",
      examples: [null],
    }),
    cart_id: Type.Union([Type.String({ format: "uuid" }), Type.Null()], {
      description: "The cart that it was, if a shopper put it together in the store.",
      examples: [null],
    }),
    notify: Type.Boolean({ description: "Whether the customer is told of it.", examples: [true] }),
    created_at: Time,
    updated_at: Time,
  },
  { title: "Order" },
);
export type OrderView = Static<typeof OrderView>;

/** What stands around an order. */
export interface OrderSurroundings {
  readonly attempts: readonly PaymentAttempt[];
  readonly parts: readonly ProviderOrder[];
  readonly origin: PlacedOrigin;
}

export function orderView(order: OrderWithItems, { attempts, parts, origin }: OrderSurroundings): OrderView {
  return {
    id: order.uid,
    number: orderNumber(order.orderId),
    order_id: order.orderId,
    status: order.status,
    next_statuses: [...movesFrom(order)],
    customer_id: order.customerId,
    customer_email: order.customerEmail === "" ? null : order.customerEmail,
    customer_name: order.customerName,
    customer_reference: origin.customerReference,
    locale: order.locale,
    currency: order.currency,
    items_amount: order.itemsMinor,
    discount_amount: order.discountMinor,
    tax_amount: order.taxMinor,
    tax_included_amount: order.taxIncludedMinor,
    shipping_amount: order.shippingMinor,
    total_amount: order.totalMinor,
    captured_amount: order.capturedMinor,
    refunding_amount: order.refundingMinor,
    refunded_amount: order.refundedMinor,
    charged_back_amount: order.chargedBackMinor,
    items: order.items.map((item) => ({
      line: item.line,
      sku: item.sku,
      product_name: item.productName,
      quantity: item.quantity,
      unit_price: item.unitPriceMinor,
      discount_amount: item.discountMinor,
      tax_amount: item.taxMinor,
      line_total: item.lineTotalMinor,
      tax_included_amount: item.taxIncludedMinor ?? 0n,
      provider_id: item.providerId ?? "own",
    })),
    payment_attempts: attempts.map(attemptView),
    provider_orders: parts.map((part) => ({
      provider_id: part.providerId,
      processing: part.processing,
      fulfilment: part.fulfilment,
    })),
    expires_at: order.expiresAt?.toISOString() ?? null,
    source: origin.source,
    external_reference: origin.externalReference,
    ordered_at: origin.orderedAt?.toISOString() ?? null,
    import_id: origin.importId,
    import_row: origin.importRow,
    csv_source: origin.csvSource,
    batch_id: origin.batchId,
    cart_id: order.cartId,
    notify: order.notify,
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
  };
}

export function attemptView(attempt: PaymentAttempt): OrderView["payment_attempts"][number] {
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
