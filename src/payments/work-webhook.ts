import { declareJob } from "../platform/jobs.ts";
import type { WebhookKey } from "./webhook.ts";

const maxTries = 12; // With the job system's growing waits that is most of a day: only a fault of ours fails so often.

/** Which webhook to work on. */
export interface WebhookWork extends WebhookKey {
  /** How often it had been put off when this was queued; a run for an earlier try is a repeated one. */
  readonly tries: number;
}

/** Queued in the transaction that keeps a webhook, and anew when it is put off; run by orders, which know what it means. */
export const workWebhook = declareJob<WebhookWork>("work-webhook", { maxTries });

/** Whether the payload of a job names a webhook as ours do. */
export function isWebhookWork(payload: unknown): payload is WebhookWork {
  const { gateway, eventId, tries } = Object(payload) as Partial<Record<keyof WebhookWork, unknown>>;
  return typeof gateway === "string" && typeof eventId === "string" && Number.isSafeInteger(tries);
}
