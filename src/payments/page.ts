import type { ChargeFailure } from "./gateway.ts";
import type { SandboxAct, SandboxPayment } from "./sandbox.ts";

export type SandboxSessionStatus = "open" | "decided" | "expired";

/** A payment page of the sandbox, as it stands in its books. */
export interface SandboxSession {
  /** Nobody can guess it: whoever has it may pay. */
  readonly sessionId: string;
  readonly orderId: bigint;
  readonly idempotencyKey: string;
  readonly status: SandboxSessionStatus;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly description: string;
  readonly customerEmail: string;
  readonly locale: string;
  readonly returnUrl: string;
  readonly cancelUrl: string;
  readonly expiresAt: Date;
  readonly createdAt: Date;
}

/** What a shopper can do on the page. A 3-D Secure step that is passed ends in `pay`, one that is not in `fail_challenge`. */
export const sessionActions = ["pay", "pay_slowly", "decline", "fail_challenge"] as const;
export type SessionAction = (typeof sessionActions)[number];

const failures: Partial<Record<SessionAction, ChargeFailure>> = {
  decline: "card_declined",
  fail_challenge: "processing_error",
};

/** What comes of an action: the test customers have their way when they pay. */
export function actOnPage(action: SessionAction, asCustomer: SandboxAct, lateMs: number): SandboxAct {
  const failure = failures[action];
  if (failure) return { status: "failed", failure, settlesAfterMs: null, reply: "once" };
  if (action === "pay_slowly") return { status: "pending", failure: null, settlesAfterMs: lateMs, reply: "once" };
  // Somebody sits before the page: a call without an answer has no meaning there.
  return asCustomer.reply === "never" ? { ...asCustomer, reply: "lost" } : asCustomer;
}

/** Where the page sends the shopper after a payment. */
export function wayBack(session: SandboxSession, payment: SandboxPayment): string {
  return payment.status === "failed" ? session.cancelUrl : session.returnUrl;
}

/** An open page whose time is over. */
export function isOver(session: SandboxSession, now: Date): boolean {
  return session.status === "open" && session.expiresAt <= now;
}
