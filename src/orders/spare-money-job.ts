import { findRefund, findWebhooks, type WebhookKey } from "../payments/index.ts";
import type { Sql } from "../platform/db.ts";
import { moneyNeedsJob } from "./money-job-errors.ts";

/**
 * Keeps the job of a refund from being discarded while the money is promised and not given back.
 * @throws order.money_needs_job
 */
export async function spareRefundJob(sql: Sql, wanted: { orderId: bigint; refund: number }): Promise<void> {
  const refund = await findRefund(sql, wanted);
  if (refund?.state === "requested")
    throw moneyNeedsJob({ what: `Refund ${wanted.refund} of order ${wanted.orderId} is promised` });
}

/**
 * Keeps the job of a webhook from being discarded while nobody has heard what it says of money.
 * @throws order.money_needs_job
 */
export async function spareWebhookJob(sql: Sql, { gateway, eventId }: WebhookKey): Promise<void> {
  const [webhook] = await findWebhooks(sql, { gateways: [gateway], eventIds: [eventId] });
  if (webhook?.state === "received") throw moneyNeedsJob({ what: `Webhook ${eventId} of ${gateway} is not worked on` });
}
