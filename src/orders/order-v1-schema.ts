import { Type } from "typebox";
import { orderStatuses } from "./order.ts";

/** How v1 shows an order, for the API description: the text itself is written by `orderV1Text`. */
export const OrderV1View = Type.Object(
  {
    id: Type.Integer({ examples: [42] }),
    customer_email: Type.String({ examples: ["tanaka@example.co.jp"] }),
    customer_name: Type.String({ examples: ["田中太郎"] }),
    status: Type.Enum([...orderStatuses], { title: "OrderStatus", examples: ["paid"] }),
    total_amount: Type.Number({ description: "Major units, exact.", examples: [179600.0] }),
    currency: Type.String({ description: "ISO 4217.", examples: ["JPY"] }),
    items: Type.Array(
      Type.Object(
        {
          id: Type.Integer({ examples: [1] }),
          product_name: Type.String({ examples: ["ノートPC"] }),
          quantity: Type.Integer({ examples: [2] }),
          unit_price: Type.Number({ description: "Major units, exact.", examples: [89800.0] }),
        },
        { title: "OrderV1Item" },
      ),
    ),
    created_at: Type.String({ format: "date-time" }),
    updated_at: Type.String({ format: "date-time" }),
  },
  { title: "OrderV1" },
);
