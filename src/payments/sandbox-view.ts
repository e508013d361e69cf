import { type Static, Type } from "typebox";
import { BigInteger } from "../http/write-json.ts";
import type { SandboxBooks } from "./find-sandbox-payments.ts";
import { majorText, type SandboxPayment, type SandboxRefund } from "./sandbox.ts";

const sandboxRefundFields = {
  refund_id: Type.String(),
  payment_id: Type.String(),
  order_id: BigInteger(),
  amount: Type.Number({ description: "Major units, exact." }),
  currency: Type.String(),
  status: Type.Enum(["succeeded"]),
  idempotency_key: Type.String(),
  created_at: Type.String(),
};
export const SandboxRefundView = Type.Object(sandboxRefundFields);
export type SandboxRefundView = Static<typeof SandboxRefundView>;

const sandboxPaymentFields = {
  payment_id: Type.String(),
  order_id: BigInteger(),
  amount: Type.Number({ description: "Major units, exact." }),
  currency: Type.String(),
  status: Type.Enum(["succeeded", "failed", "pending"]),
  failure: Type.Union([Type.String(), Type.Null()]),
  idempotency_key: Type.String(),
  created_at: Type.String(),
};
export const SandboxPaymentView = Type.Object(sandboxPaymentFields);
export type SandboxPaymentView = Static<typeof SandboxPaymentView>;

const SandboxPaymentWithRefundsView = Type.Object({ ...sandboxPaymentFields, refunds: Type.Array(SandboxRefundView) });

/** The order's payment as one object, which is what most ask for, and every payment that was tried. */
export const SandboxBooksView = Type.Object({
  ...sandboxPaymentFields,
  refunds: Type.Array(SandboxRefundView),
  payments: Type.Array(SandboxPaymentWithRefundsView),
});
export type SandboxBooksView = Static<typeof SandboxBooksView>;

/** Fifteen digits at most, so the double is written with the very digits that it was made of. */
function majorNumber(amountMinor: bigint, currency: string): number {
  return Number(majorText(amountMinor, currency));
}

export function sandboxRefundView(refund: SandboxRefund): SandboxRefundView {
  return {
    refund_id: refund.refundId,
    payment_id: refund.paymentId,
    order_id: refund.orderId,
    amount: majorNumber(refund.amountMinor, refund.currency),
    currency: refund.currency,
    status: "succeeded",
    idempotency_key: refund.idempotencyKey,
    created_at: refund.createdAt.toISOString(),
  };
}

export function sandboxPaymentView(payment: SandboxPayment): SandboxPaymentView {
  return {
    payment_id: payment.paymentId,
    order_id: payment.orderId,
    amount: majorNumber(payment.amountMinor, payment.currency),
    currency: payment.currency,
    status: payment.status,
    failure: payment.failure,
    idempotency_key: payment.idempotencyKey,
    created_at: payment.createdAt.toISOString(),
  };
}

/** The payment that took the money stands for the order, else the newest; undefined for an order without any. */
export function sandboxBooksView({ payments, refunds }: SandboxBooks): SandboxBooksView | undefined {
  const shown = payments.map((payment) => ({
    ...sandboxPaymentView(payment),
    refunds: refunds.filter((refund) => refund.paymentId === payment.paymentId).map(sandboxRefundView),
  }));
  const main = shown.find((payment) => payment.status === "succeeded") ?? shown[0];
  return main && { ...main, payments: shown };
}
