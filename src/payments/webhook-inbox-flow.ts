import type { Clock } from "../platform/clock.ts";
import { coalesce } from "../platform/coalesce.ts";
import type { Db } from "../platform/db.ts";
import { isUnavailable } from "../platform/errors.ts";
import { reach } from "../platform/failpoints.ts";
import { webhookChanged, webhooksTooMany } from "./gateway-errors.ts";
import { deleteEndedWebhooks } from "./inbox-queries.ts";
import { type Received, receiveWebhooks } from "./receive-webhooks.ts";
import type { Webhook } from "./webhook.ts";

/** Where webhooks are kept before they are answered. */
export interface WebhookInbox {
  /**
   * Resolves when the webhook is committed, or was before.
   * @throws payment.webhook_changed, payment.webhooks_too_many
   */
  receive(webhook: Webhook): Promise<Exclude<Received, "changed">>;
}

const mostInOneSet = 500; // A webhook is one row and one job; larger sets would only hold the others up.
const flushesAtOnce = 1; // The next set gathers meanwhile.
const mostWaiting = 1_000; // Two sets, stored within a fraction of a second; 16 MB of bodies at the very most.
const retryAfterSeconds = 1;

/** Opens the inbox. Webhooks that come together share a transaction; when too many wait, the rest is told to come again. */
export function openWebhookInbox(db: Db, clock: Clock): WebhookInbox {
  const receive = coalesce<Webhook, Received>({
    name: "receive-webhooks",
    most: mostInOneSet,
    flushes: flushesAtOnce,
    run: (webhooks) =>
      db.transaction(async (tx) => {
        const received = await receiveWebhooks(tx, webhooks, clock.now());
        await reach("inside-webhook-received");
        return received;
      }),
    mayRunAlone: (error) => !isUnavailable(error),
  });
  let waiting = 0;
  return {
    async receive(webhook) {
      if (waiting >= mostWaiting) throw webhooksTooMany({}, { retryAfterSeconds });
      waiting += 1;
      const received = await receive(webhook).finally(() => {
        waiting -= 1;
      });
      await reach("after-webhook-received");
      if (received === "changed") throw webhookChanged({ eventId: webhook.eventId });
      return received;
    },
  };
}

const mostForgotten = 1000; // A short statement, so that nobody waits for it.

/** Takes away webhooks that were worked on before then, a thousand at a time; those that a person was asked about stay. */
export async function forgetWebhooks(db: Db, endedBefore: Date): Promise<void> {
  while ((await deleteEndedWebhooks(db, { endedBefore, most: mostForgotten })) > 0);
}
