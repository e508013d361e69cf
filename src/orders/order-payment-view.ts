import { type Static, Type } from "typebox";
import type { PaymentAttempt } from "../payments/index.ts";
import { type Order, orderStatuses } from "./order.ts";
import { attemptView, PaymentAttemptView } from "./order-view.ts";

/** A try to have an order paid, with where the order stands after it. */
export const PaymentView = Type.Object(
  {
    ...PaymentAttemptView.properties,
    order_id: Type.String({ format: "uuid", description: "The order's UUID." }),
    order_status: Type.Enum([...orderStatuses], { examples: ["paid"] }),
  },
  { title: "Payment" },
);
export type PaymentView = Static<typeof PaymentView>;

export function paymentView(order: Order, attempt: PaymentAttempt): PaymentView {
  return { ...attemptView(attempt), order_id: order.uid, order_status: order.status };
}
