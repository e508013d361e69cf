import { type Static, Type } from "typebox";
import { BigInteger } from "../http/write-json.ts";
import type { SandboxBooks } from "./find-sandbox-payments.ts";
import { majorText, type SandboxPayment, type SandboxRefund } from "./sandbox.ts";

const paymentId = Type.String({ examples: ["pay_019ab3c0-7001-7abc-8def-0123456789ab"] });
const money = {
  order_id: BigInteger({ examples: [42] }),
  amount: Type.Number({ description: "Major units, exact.", examples: [179600.0] }),
  currency: Type.String({ description: "ISO 4217.", examples: ["JPY"] }),
};
const asked = {
  idempotency_key: Type.String({ examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f-pay-1"] }),
  created_at: Type.String({ format: "date-time" }),
};

export const SandboxRefundView = Type.Object(
  {
    refund_id: Type.String({ examples: ["re_019ab3c0-7002-7abc-8def-0123456789ab"] }),
    payment_id: paymentId,
    ...money,
    status: Type.Enum(["succeeded"]),
    ...asked,
  },
  { title: "SandboxRefund" },
);
export type SandboxRefundView = Static<typeof SandboxRefundView>;

const sandboxPaymentFields = {
  payment_id: paymentId,
  ...money,
  status: Type.Enum(["succeeded", "failed", "pending"]),
  failure: Type.Union([Type.String(), Type.Null()], { description: "Why it failed.", examples: [null] }),
  ...asked,
};
export const SandboxPaymentView = Type.Object(sandboxPaymentFields, { title: "SandboxPayment" });
export type SandboxPaymentView = Static<typeof SandboxPaymentView>;

const SandboxPaymentWithRefundsView = Type.Object(
  { ...sandboxPaymentFields, refunds: Type.Array(SandboxRefundView) },
  { title: "SandboxPaymentWithRefunds" },
);

/** The order's payment as one object, which is what most ask for, and every payment that was tried. */
export const SandboxBooksView = Type.Object(
  {
    ...sandboxPaymentFields,
    refunds: Type.Array(SandboxRefundView),
    payments: Type.Array(SandboxPaymentWithRefundsView),
  },
  { title: "SandboxBooks" },
);
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
