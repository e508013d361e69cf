export { type Capture, findCapturesOfOrders } from "./capture-queries.ts";
export { endWebhooks, putOffWebhooks, type WebhookEnding } from "./end-webhooks.ts";
export type {
  ChargeAnswer,
  ChargeFailure,
  ChargeRequest,
  Gateway,
  RefundAnswer,
  RefundRequest,
  SessionAnswer,
  SessionRequest,
} from "./gateway.ts";
export { embeddedLimits, type GatewayLoad, type GuardedGateway, guarded, remoteLimits } from "./guarded-gateway.ts";
export { findWebhooks } from "./inbox-queries.ts";
export { gatewayCalls, measured } from "./measure-gateway.ts";
export {
  type AttemptMoney,
  type AttemptState,
  attemptKey,
  isOpen,
  leftMinor,
  type MoneyEntry,
  mostAttempts,
  mostRefunds,
  nextCheckDelayMs,
  type PaymentAttempt,
  type Refund,
  recordedGateway,
  recordedOnce,
  refundKey,
} from "./payment.ts";
export { countOpenAttempts, countOpenRefunds, countWaitingWebhooks } from "./payment-count-queries.ts";
export {
  claimDueAttempts,
  findAttemptBySession,
  findAttempts,
  findCaptures,
  findEntriesOf,
  findRefund,
  findRefunds,
  listEntries,
  pageAttempts,
  pageRefunds,
  setAttemptSession,
  sumMoney,
} from "./payment-queries.ts";
export { recordMoney, requestRefunds, saveAttempts, saveRefunds, startAttempts } from "./record-payments.ts";
export { suspendMoney } from "./suspend-money.ts";
export type { SuspendedMoney } from "./suspense.ts";
export {
  causeOf,
  entryKindOf,
  type KeptWebhook,
  type NewsKind,
  newsKinds,
  type Webhook,
  type WebhookKey,
  webhookName,
} from "./webhook.ts";
export { forgetWebhooks, openWebhookInbox, type WebhookInbox } from "./webhook-inbox-flow.ts";
export { parseWebhookSecrets, verifyWebhook, type WebhookSecrets } from "./webhook-signature.ts";
export { isWebhookWork, type WebhookWork, workWebhook } from "./work-webhook.ts";
