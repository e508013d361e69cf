import { randomUUID } from "node:crypto";
import { parseWebhookSecrets, signWebhook } from "../../src/payments/webhook-signature.ts";
import { type Answered, type ServingProcess, webhookSecret } from "./serve.ts";

const secrets = parseWebhookSecrets(webhookSecret);

/** News of a payment as the payment service sends it; the amount as it is written. */
export interface Told {
  readonly orderId: bigint;
  readonly webhookId: string;
  readonly paymentId: string;
  readonly status: "succeeded" | "failed" | "refunded" | "refund_failed" | "charged_back";
  readonly amount: string;
  readonly currency: string;
}

/** Sends signed news to the order's webhook. */
export function tellServer(server: ServingProcess, told: Told): Promise<Answered> {
  const { orderId, webhookId: id, paymentId, status, amount, currency } = told;
  const body = `{"payment_id":"${paymentId}","status":"${status}","amount":${amount},"currency":"${currency}"}`;
  const headers = { ...signWebhook(secrets, { id, body, now: new Date() }) };
  return server.send("POST", `/api/v1/orders/${orderId}/webhook`, { body, headers });
}

/** The headers of signed news, under an id of its own. */
export function signedHeaders(body: string): Record<string, string> {
  return { ...signWebhook(secrets, { id: `msg_${randomUUID()}`, body, now: new Date() }) };
}
