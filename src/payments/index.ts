export type {
  ChargeAnswer,
  ChargeFailure,
  ChargeRequest,
  Gateway,
  RefundAnswer,
  RefundRequest,
} from "./gateway.ts";
export { embeddedLimits, type GatewayLoad, type GuardedGateway, guarded, remoteLimits } from "./guarded-gateway.ts";
export {
  type AttemptState,
  attemptKey,
  isOpen,
  type MoneyEntry,
  nextCheckDelayMs,
  type PaymentAttempt,
  type Refund,
  refundKey,
} from "./payment.ts";
export {
  claimDueAttempts,
  findAttempts,
  findCaptures,
  findRefund,
  listEntries,
  updateRefund,
} from "./payment-queries.ts";
export { recordMoney, requestRefunds, saveAttempts, startAttempts } from "./record-payments.ts";
export { suspendMoney } from "./suspend-money.ts";
export type { SuspendedMoney } from "./suspense.ts";
export { parseWebhookSecrets, verifyWebhook, type WebhookSecrets } from "./webhook-signature.ts";
