import { declareJob } from "../platform/jobs.ts";
import type { WebhookKey } from "./webhook.ts";

const maxTries = 12; // With the job system's growing waits that is most of a day: only a fault of ours fails so often.

/** Queued in the transaction that keeps a webhook, and anew when it is put off; run by orders, which know what it means. */
export const workWebhook = declareJob<WebhookKey>("work-webhook", { maxTries });
