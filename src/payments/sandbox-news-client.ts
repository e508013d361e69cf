import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { SandboxNews } from "./news.ts";
import { type SandboxPayment, webhookBody } from "./sandbox.ts";
import { settleSandbox } from "./settle-sandbox.ts";

export interface SandboxNewsOptions {
  /** Delivers a webhook about a payment to our own route, signed; its failure changes nothing. */
  readonly sendWebhook?: (orderId: bigint, body: string) => Promise<void>;
  /** Nothing is told afterwards. */
  readonly closing: AbortSignal;
}

const mostLate = 1000; // Payments told of later by a timer; the rest is found by reading back.
const settleSlackMs = 5; // A timer may fire a moment before its time, and the payment would not be due yet.

/** Opens what tells of the sandbox's payments, over the network as another company would. */
export function openSandboxNews(db: Db, clock: Clock, { sendWebhook, closing }: SandboxNewsOptions): SandboxNews {
  const timers = new Set<NodeJS.Timeout>();
  closing.addEventListener("abort", () => timers.forEach(clearTimeout), { once: true });

  function tell(payment: SandboxPayment): void {
    if (closing.aborted) return;
    sendWebhook?.(payment.orderId, webhookBody(payment)).catch(() => {});
  }

  async function settle(orderId: bigint): Promise<void> {
    for (const payment of await settleSandbox(db, [orderId], clock.now())) tell(payment);
  }

  function tellLater(orderId: bigint, afterMs: number): void {
    if (timers.size >= mostLate || closing.aborted) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      settle(orderId).catch(() => {});
    }, afterMs + settleSlackMs);
    timer.unref();
    timers.add(timer);
  }
  return { tell, tellLater };
}
