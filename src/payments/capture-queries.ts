import { many, type Sql } from "../platform/db.ts";

/** What was taken for an order. */
export interface Capture {
  readonly orderId: bigint;
  /** As the gateway calls the payment. */
  readonly reference: string;
  /** When the money moved, as far as we know. */
  readonly paidAt: Date;
}

export const findCapturesOfOrders = many<Sql, { orderIds: bigint[] }, Capture>(
  "payments.find_captures_of_orders",
  `
  select order_id, reference, coalesce(occurred_at, recorded_at) as paid_at
    from payments.money_entries
   where order_id = any(:orderIds::bigint[]) and kind = 'capture'
   order by order_id, sequence`,
);
