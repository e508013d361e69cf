import { causeOf, endWebhooks, entryKindOf, suspendMoney, type Webhook } from "../payments/index.ts";
import type { Tx } from "../platform/db.ts";
import { openTasks } from "../tasks/index.ts";

/** Why it fits nothing, and the order that it named, if there is one. */
export interface Unfitting {
  readonly orderId: bigint | null;
  readonly why: string;
}

/**
 * Gives up on a webhook that fits nothing: the money that it names is kept in suspense, and a person is asked. One that
 * ended meanwhile is left alone.
 *
 * Locks the webhook. The same news under another id opens no second task.
 */
export async function parkWebhook(tx: Tx, webhook: Webhook, { orderId, why }: Unfitting, now: Date): Promise<void> {
  const { gateway, eventId, namedOrder, paymentId, refundId, news, amountMinor, currency } = webhook;
  if ((await endWebhooks(tx, [{ gateway, eventId, state: "parked", outcome: why }], now)) === 0) return;
  const reference = refundId ?? paymentId;
  const taskCause = `payment_unexpected gateway ${gateway} ${news} reference ${reference} told to ${namedOrder}`;
  const heardFrom = causeOf(webhook);
  const said = { news, reference: paymentId, refundReference: refundId, amountMinor, currency };
  const detail = { gateway, ...said, order: namedOrder, why, heardFrom };
  const kind = entryKindOf(news);
  await openTasks(tx, [{ kind: "payment_unexpected", cause: taskCause, orderId, detail }], now);
  if (kind === undefined) return;
  await suspendMoney(tx, [{ gateway, reference, kind, amountMinor, currency, orderId, taskCause, heardFrom }], now);
}
