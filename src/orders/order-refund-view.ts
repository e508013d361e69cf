import { type Static, Type } from "typebox";
import { minor } from "../http/minor-view.ts";
import { attemptKey, type Refund } from "../payments/index.ts";
import type { Order } from "./order.ts";

const Time = Type.String({ format: "date-time" });

/** Money that is promised back, went back, or could not. */
export const RefundView = Type.Object(
  {
    refund: Type.Integer({ description: "Counted from 1 within the order.", examples: [1] }),
    refund_id: Type.String({
      format: "uuid",
      description: "Our own key for it, which the gateway is given and events name.",
      examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6dc001"],
    }),
    order_id: Type.String({ format: "uuid", description: "The order's UUID." }),
    payment_id: Type.String({
      format: "uuid",
      description: "The payment that it goes back on.",
      examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d8001"],
    }),
    state: Type.Enum(["requested", "succeeded", "failed"], {
      description:
        "`requested`: promised, and asked for until the gateway says what became of it. What has succeeded may fail later.",
      examples: ["requested"],
    }),
    amount: minor(60000),
    currency: Type.String({ examples: ["JPY"] }),
    reason: Type.String({
      description: "As it was given; `order_cancelled`, `surplus` and `given_by_gateway` are Orderwell's own.",
      examples: ["One item arrived broken."],
    }),
    reference: Type.Union([Type.String(), Type.Null()], {
      description: "The gateway's id of the refund.",
      examples: ["re_019ab3c0-7001-7abc-8def-0123456789ab"],
    }),
    failure: Type.Union([Type.String(), Type.Null()], { description: "Why it failed.", examples: [null] }),
    created_at: Time,
    updated_at: Time,
  },
  { title: "Refund" },
);
export type RefundView = Static<typeof RefundView>;

export function refundView(order: Pick<Order, "uid">, refund: Refund): RefundView {
  return {
    refund: refund.refund,
    refund_id: refund.key,
    order_id: order.uid,
    payment_id: attemptKey(order.uid, refund.attempt),
    state: refund.state,
    amount: refund.amountMinor,
    currency: refund.currency,
    reason: refund.reason,
    reference: refund.reference,
    failure: refund.failure,
    created_at: refund.createdAt.toISOString(),
    updated_at: refund.updatedAt.toISOString(),
  };
}
