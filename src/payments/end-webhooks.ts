import type { Tx } from "../platform/db.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { columnsOf } from "../platform/statements.ts";
import { endWaiting, putOffWaiting } from "./inbox-queries.ts";
import { type KeptWebhook, nextTryDelayMs, type WebhookKey } from "./webhook.ts";
import { workWebhook } from "./work-webhook.ts";

/** What became of a webhook. */
export interface WebhookEnding extends WebhookKey {
  readonly state: "worked" | "parked";
  /** In a word, for whoever asks why. */
  readonly outcome: string;
}

/** Ends webhooks; answers how many waited until now. One that ended before stays as it is. Locks them in ascending order. */
export async function endWebhooks(tx: Tx, endings: readonly WebhookEnding[], now: Date): Promise<number> {
  const columns = columnsOf(endings, {
    gateways: (one) => one.gateway,
    eventIds: (one) => one.eventId,
    states: (one) => one.state as string,
    outcomes: (one) => one.outcome,
  });
  return endWaiting(tx, { ...columns, now });
}

/**
 * Has webhooks worked on again later; the waits grow. Of two processes that put one off at once, one does. Locks them in
 * ascending order.
 */
export async function putOffWebhooks(tx: Tx, webhooks: readonly KeptWebhook[], now: Date): Promise<void> {
  const columns = columnsOf(webhooks, {
    gateways: (one) => one.gateway,
    eventIds: (one) => one.eventId,
    tries: (one) => one.tries,
    nextTryAts: (one) => new Date(now.getTime() + nextTryDelayMs(one.tries)),
  });
  const putOff = await putOffWaiting(tx, columns);
  const jobs = putOff.map(({ gateway, eventId, tries, nextTryAt }) =>
    queued(workWebhook, { gateway, eventId, tries }, { runAt: nextTryAt }),
  );
  await enqueue(tx, jobs);
}
