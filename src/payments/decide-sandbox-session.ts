import type { Tx } from "../platform/db.ts";
import { chargeSandbox } from "./charge-sandbox.ts";
import { sandboxSessionNotFound, sandboxSessionOver } from "./gateway-errors.ts";
import { actOnPage, isOver, type SandboxSession, type SessionAction } from "./page.ts";
import { lockSandboxSession, setSandboxSessionStatus } from "./page-queries.ts";
import { actOf, lateMs, type SandboxPayment } from "./sandbox.ts";

export interface DecideSession {
  readonly sessionId: string;
  readonly action: SessionAction;
  /** The name that the payment gets. */
  readonly paymentId: string;
}

export interface DecidedSession {
  readonly session: SandboxSession;
  readonly payment: SandboxPayment;
  /** Whether the gateway tells of it by webhook: a test customer's may be lost. */
  readonly told: boolean;
  readonly settlesAfterMs: number | null;
}

/**
 * Does what the shopper chose on the sandbox's page: takes the money, or declines it. A page is decided once.
 *
 * Locks the page.
 * @throws payment.sandbox_session_not_found, payment.sandbox_session_over
 */
export async function decideSandboxSession(
  tx: Tx,
  { sessionId, action, paymentId }: DecideSession,
  now: Date,
): Promise<DecidedSession> {
  const session = await lockSandboxSession(tx, { sessionId });
  if (!session) throw sandboxSessionNotFound({});
  if (session.status !== "open" || isOver(session, now)) throw sandboxSessionOver({});
  const { orderId, idempotencyKey: key, amountMinor, currency } = session;
  const act = actOnPage(action, actOf(session.customerEmail, amountMinor), lateMs);
  const [charged] = await chargeSandbox(tx, [{ paymentId, orderId, key, amountMinor, currency, act }], now);
  if (!charged || charged.outcome === "key_reused") throw sandboxSessionOver({});
  tx.finish([setSandboxSessionStatus(tx, { sessionId, status: "decided" })]);
  const { payment } = charged;
  return {
    session: { ...session, status: "decided" },
    payment,
    told: act.reply !== "lost",
    settlesAfterMs: act.settlesAfterMs,
  };
}
