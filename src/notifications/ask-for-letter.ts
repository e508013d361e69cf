import { findOrderLetters, type LetterKind, type OrderStatus, tellCustomer } from "../orders/index.ts";
import type { Tx } from "../platform/db.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { notificationOrderUnknown, notificationRecipientWrong, notificationUntrue } from "./notification-errors.ts";

export type Template = Uppercase<LetterKind>;

/** The statuses in which each template tells the truth. */
const trueOf: Readonly<Record<Template, { kind: LetterKind; statuses: readonly OrderStatus[] }>> = {
  ORDER_CONFIRMATION: { kind: "order_confirmation", statuses: ["paid", "shipped", "delivered"] },
  ORDER_SHIPPED: { kind: "order_shipped", statuses: ["shipped", "delivered"] },
  ORDER_CANCELLED: { kind: "order_cancelled", statuses: ["cancelled"] },
};

/**
 * Queues a letter about an order, to the order's own address. What the customer was told already is not told again.
 * @throws notification.order_unknown, notification.recipient_wrong, notification.untrue
 */
export async function askForLetter(
  tx: Tx,
  { template, orderId, to }: { template: Template; orderId: bigint; to: string },
): Promise<void> {
  const [order] = await findOrderLetters(tx, [orderId]);
  if (!order) throw notificationOrderUnknown({ order: orderId });
  if (order.customerEmail.toLowerCase() !== to.toLowerCase()) throw notificationRecipientWrong({});
  const { kind, statuses } = trueOf[template];
  if (!statuses.includes(order.status)) throw notificationUntrue({ template, status: order.status });
  await enqueue(tx, [queued(tellCustomer, { orderId: orderId.toString(), kind })]);
}
