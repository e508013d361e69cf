import type { Clock } from "../platform/clock.ts";
import { randomToken } from "../platform/ids.ts";
import { signWebhook, type WebhookSecrets } from "./webhook-signature.ts";

const timeoutMs = 10_000; // Nobody waits for it; a webhook that is lost is made up for by reading back.
const idBytes = 12;

/** How the sandbox, which stands for another company, tells us of payments: over the network, signed. */
export interface WebhookSender {
  /** Where our own server listens; before it is told, nothing is sent. */
  sendTo(address: string): void;
  send(orderId: bigint, body: string): Promise<void>;
}

export function openWebhookSender(secrets: WebhookSecrets, clock: Clock): WebhookSender {
  let target: string | undefined;
  return {
    sendTo(address) {
      target = address;
    },
    async send(orderId, body) {
      if (target === undefined) return;
      const headers = signWebhook(secrets, { id: `msg_${randomToken(idBytes)}`, body, now: clock.now() });
      const response = await fetch(`${target}/api/v1/orders/${orderId}/webhook`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
    },
  };
}
