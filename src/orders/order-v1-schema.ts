import { Type } from "typebox";
import { orderStatuses } from "./order.ts";

/** How v1 shows an order, for the API description: the text itself is written by `orderV1Text`. */
export const OrderV1View = Type.Object({
  id: Type.Integer(),
  customer_email: Type.String(),
  customer_name: Type.String(),
  status: Type.Enum([...orderStatuses]),
  total_amount: Type.Number({ description: "Major units, exact." }),
  currency: Type.String(),
  items: Type.Array(
    Type.Object({
      id: Type.Integer(),
      product_name: Type.String(),
      quantity: Type.Integer(),
      unit_price: Type.Number(),
    }),
  ),
  created_at: Type.String({ format: "date-time" }),
  updated_at: Type.String({ format: "date-time" }),
});
