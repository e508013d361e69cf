import { refusal } from "../platform/errors.ts";

/** 400 rather than 401: the body cannot be trusted, so nothing of it is read. */
export const webhookSignatureWrong = refusal<{ reason: string }>(
  "payment.webhook_signature",
  "unreadable",
  ({ reason }) => `The webhook is not signed as it must be: ${reason}.`,
);

/** The first stands: what it said may have moved money already. */
export const webhookChanged = refusal<{ eventId: string }>(
  "payment.webhook_changed",
  "invalid",
  ({ eventId }) => `The webhook ${eventId} came before with another address or body.`,
);

export const webhooksTooMany = refusal<object>(
  "payment.webhooks_too_many",
  "too-many",
  () => "More webhooks wait to be stored than can be; send this one again.",
);

export const sandboxAmountWrong = refusal<{ amount: string; currency: string }>(
  "payment.sandbox_amount_wrong",
  "invalid",
  ({ amount, currency }) => `${amount} ${currency} is not an amount that can be moved.`,
);

export const sandboxKeyReused = refusal<{ key: string }>(
  "payment.sandbox_key_reused",
  "invalid",
  ({ key }) => `The key ${key} was used for another amount, currency or payment.`,
);

export const sandboxPaymentNotFound = refusal<{ orderId: bigint }>(
  "payment.sandbox_payment_not_found",
  "not-found",
  ({ orderId }) => `There is no such payment for order ${orderId}.`,
);

export const sandboxNotRefundable = refusal<{ paymentId: string; status: string }>(
  "payment.sandbox_not_refundable",
  "conflict",
  ({ paymentId, status }) => `The payment ${paymentId} is ${status}: it holds no money to give back.`,
);

export const sandboxRefundTooLarge = refusal<{ paymentId: string; remaining: string; currency: string }>(
  "payment.sandbox_refund_too_large",
  "invalid",
  ({ paymentId, remaining, currency }) =>
    `Of the payment ${paymentId}, ${remaining} ${currency} can still be given back.`,
);

/** What the test customer `times-out` hears when its client waits for longer than it should. */
export const sandboxUnanswered = refusal<object>(
  "payment.sandbox_unanswered",
  "unavailable",
  () => "This test payment is never answered. It was not charged.",
);

export const sandboxSessionNotFound = refusal<object>(
  "payment.sandbox_session_not_found",
  "not-found",
  () => "There is no such payment page.",
);

export const sandboxSessionOver = refusal<object>(
  "payment.sandbox_session_over",
  "conflict",
  () => "This payment page was used already, or its time is over.",
);
