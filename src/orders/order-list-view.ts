import { type Static, Type } from "typebox";
import { minor } from "../http/minor-view.ts";
import { orderNumber } from "./number.ts";
import { orderStatuses } from "./order.ts";
import type { ListedOrder } from "./order-list-queries.ts";

const Time = Type.String({ format: "date-time" });
const orNull = (description: string, example: string | null) =>
  Type.Union([Type.String(), Type.Null()], { description, examples: [example] });
const timeOrNull = (description: string) => Type.Union([Time, Type.Null()], { description, examples: [null] });

/** An order as lists show it: without its items, payments and parts. */
const OrderSummary = Type.Object(
  {
    id: Type.String({ format: "uuid", description: "The order's UUID." }),
    number: Type.String({ examples: ["ORD-27180435"] }),
    order_id: Type.Unsafe<bigint>(Type.Integer({ description: "The id by which v1 knows it.", examples: [42] })),
    status: Type.Enum([...orderStatuses], { title: "OrderStatus", examples: ["paid"] }),
    customer_id: Type.String({ format: "uuid" }),
    customer_email: orNull("Null when the customer has none.", "tanaka@example.co.jp"),
    customer_name: Type.String({ examples: ["田中太郎"] }),
    customer_reference: orNull("What the source calls the customer.", null),
    locale: Type.String({ description: "The language in which the customer is told.", examples: ["ja"] }),
    notify: Type.Boolean({ description: "Whether the customer is told of it.", examples: [true] }),
    currency: Type.String({ description: "ISO 4217.", examples: ["JPY"] }),
    items_amount: minor(179600),
    discount_amount: minor(0),
    tax_amount: minor(0),
    shipping_amount: minor(0),
    total_amount: minor(179600),
    captured_amount: minor(179600),
    refunding_amount: minor(0),
    refunded_amount: minor(0),
    charged_back_amount: minor(0),
    source: orNull("Whose references they are.", null),
    external_reference: orNull("What the source calls the order.", null),
    import_id: orNull("The import that it came with.", null),
    import_row: Type.Union([Type.Integer(), Type.Null()], {
      description: "The number of its first row in the import's file.",
      examples: [null],
    }),
    csv_source: orNull("The name of the file that it came in.", null),
    batch_id: orNull("The batch that it came with.", null),
    ordered_at: timeOrNull("When the customer ordered, by the source's account."),
    expires_at: timeOrNull("When it is cancelled unless it is paid."),
    created_at: Time,
    updated_at: Time,
  },
  { title: "OrderSummary" },
);
type OrderSummary = Static<typeof OrderSummary>;

export const OrderListView = Type.Object(
  {
    data: Type.Array(OrderSummary),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: "Give it as `cursor`, with all else as it was, for the next page; null on the last.",
      examples: [null],
    }),
  },
  { title: "OrderList" },
);

export function orderSummary(order: ListedOrder): OrderSummary {
  return {
    id: order.uid,
    number: orderNumber(order.orderId),
    order_id: order.orderId,
    status: order.status,
    customer_id: order.customerId,
    customer_email: order.customerEmail === "" ? null : order.customerEmail,
    customer_name: order.customerName,
    customer_reference: order.customerReference,
    locale: order.locale,
    notify: order.notify,
    currency: order.currency,
    items_amount: order.itemsMinor,
    discount_amount: order.discountMinor,
    tax_amount: order.taxMinor,
    shipping_amount: order.shippingMinor,
    total_amount: order.totalMinor,
    captured_amount: order.capturedMinor,
    refunding_amount: order.refundingMinor,
    refunded_amount: order.refundedMinor,
    charged_back_amount: order.chargedBackMinor,
    source: order.source,
    external_reference: order.externalReference,
    import_id: order.importId,
    import_row: order.importRow,
    csv_source: order.csvSource,
    batch_id: order.batchId,
    ordered_at: order.orderedAt?.toISOString() ?? null,
    expires_at: order.expiresAt?.toISOString() ?? null,
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
  };
}
