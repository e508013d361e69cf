export type {
  ChargeAnswer,
  ChargeFailure,
  ChargeRequest,
  Gateway,
  RefundAnswer,
  RefundRequest,
} from "./gateway.ts";
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
export { claimDueAttempts, findAttempts, findRefund, listEntries, updateRefund } from "./payment-queries.ts";
export { recordMoney, requestRefunds, saveAttempts, startAttempts } from "./record-payments.ts";
