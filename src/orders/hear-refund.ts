import type { Tx } from "../platform/db.ts";
import { openTasks } from "../tasks/index.ts";
import { orderNotFound } from "./order-errors.ts";
import { lockOrders } from "./order-queries.ts";

export interface RefundNews {
  readonly orderId: bigint;
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly cause: string;
}

/**
 * Takes in that a gateway gave money back. A refund of ours is written down by the job that asked for it, so the news
 * changes nothing; money that nobody here promised opens a task.
 *
 * Locks the order. A second call changes nothing.
 * @throws order.not_found
 */
export async function hearRefund(tx: Tx, news: RefundNews, now: Date): Promise<"duplicate" | "unexpected"> {
  const [order] = await lockOrders(tx, { orderIds: [news.orderId] });
  if (!order) throw orderNotFound({ order: news.orderId.toString() });
  const promised = order.refundingMinor + order.refundedMinor >= news.amountMinor && news.currency === order.currency;
  if (promised) return "duplicate";
  const task = {
    kind: "payment_unexpected" as const,
    cause: `refund unexpected order ${news.orderId} reference ${news.reference}`,
    orderId: news.orderId,
    detail: {
      reference: news.reference,
      amountMinor: news.amountMinor.toString(),
      currency: news.currency,
      heardFrom: news.cause,
    },
  };
  await openTasks(tx, [task], now);
  return "unexpected";
}
