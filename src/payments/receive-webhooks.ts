import type { Tx } from "../platform/db.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { columnsOf } from "../platform/statements.ts";
import { openTasks } from "../tasks/index.ts";
import { findWebhooks, insertWebhooks } from "./inbox-queries.ts";
import { fingerprintOf, type Webhook, type WebhookKey, webhookName } from "./webhook.ts";
import { workWebhook } from "./work-webhook.ts";

/** `changed`: its id came before with another address or body, so it was not taken in. */
export type Received = "received" | "duplicate" | "changed";

function keysOf(webhooks: readonly WebhookKey[]) {
  return { gateways: webhooks.map(({ gateway }) => gateway), eventIds: webhooks.map(({ eventId }) => eventId) };
}

function columnsFrom(webhooks: readonly Webhook[]) {
  const columns = columnsOf(webhooks, {
    fingerprints: fingerprintOf,
    namedOrders: (one) => one.namedOrder,
    bodies: (one) => one.body,
    paymentIds: (one) => one.paymentId,
    refundIds: (one) => one.refundId,
    news: (one) => one.news as string,
    amounts: (one) => one.amountMinor,
    currencies: (one) => one.currency,
  });
  return { ...keysOf(webhooks), ...columns };
}

function firstOfEach(webhooks: readonly Webhook[]): Map<string, Webhook> {
  const first = new Map<string, Webhook>();
  for (const webhook of webhooks) if (!first.has(webhookName(webhook))) first.set(webhookName(webhook), webhook);
  return first;
}

/**
 * Keeps webhooks whose signature was believed, and queues the work on each that is new; answers for each, in their
 * order. Nothing is looked up: whether there is such an order or payment is asked later, when nobody waits.
 *
 * Waits for transactions that keep the same ids just now; goes through them in ascending order. Two statements when all
 * are new. An id that comes again with another content opens a task, since one of the two is lost.
 */
export async function receiveWebhooks(tx: Tx, webhooks: readonly Webhook[], now: Date): Promise<Received[]> {
  const first = firstOfEach(webhooks);
  const kept = new Map([...first].map(([name, webhook]) => [name, fingerprintOf(webhook)]));
  const fresh = await insertWebhooks(tx, { ...columnsFrom([...first.values()]), now });
  const freshNames = new Set(fresh.map(webhookName));
  const known = [...first.values()].filter((webhook) => !freshNames.has(webhookName(webhook)));
  if (known.length > 0) {
    for (const row of await findWebhooks(tx, keysOf(known))) kept.set(webhookName(row), row.fingerprint);
  }
  const answers = webhooks.map((webhook): Received => {
    const name = webhookName(webhook);
    if (kept.get(name) !== fingerprintOf(webhook)) return "changed";
    return freshNames.has(name) && first.get(name) === webhook ? "received" : "duplicate";
  });
  await enqueue(
    tx,
    fresh.map(({ gateway, eventId }) => queued(workWebhook, { gateway, eventId, tries: 0 })),
  );
  const changed = webhooks.filter((_, index) => answers[index] === "changed");
  await openTasks(tx, changed.map(changedTask), now);
  return answers;
}

function changedTask(webhook: Webhook) {
  const { gateway, eventId, namedOrder, paymentId, news, amountMinor, currency } = webhook;
  return {
    kind: "webhook_changed" as const,
    cause: `webhook_changed gateway ${gateway} webhook ${eventId}`,
    orderId: null,
    detail: { gateway, webhook: eventId, order: namedOrder, reference: paymentId, news, amountMinor, currency },
  };
}
