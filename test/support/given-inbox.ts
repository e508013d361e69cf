import { openPaymentDesk } from "../../src/orders/payment-desk-flow.ts";
import { refundPayment } from "../../src/orders/refund-payment.ts";
import { tellCustomer } from "../../src/orders/tell-customer.ts";
import { openWebhookWork } from "../../src/orders/work-webhook-flow.ts";
import type { Gateway, Webhook, WebhookWork } from "../../src/payments/index.ts";
import { openWebhookInbox } from "../../src/payments/index.ts";
import { sandboxGateway } from "../../src/payments/sandbox-client.ts";
import { workWebhook } from "../../src/payments/work-webhook.ts";
import type { Db } from "../../src/platform/db.ts";
import { prepareJobs } from "../../src/platform/jobs.ts";
import { ask } from "./ask.ts";
import { newOrder, noon, policy } from "./given-orders.ts";

export const earlyMs = 900_000;

type Said = Partial<Webhook> & Pick<Webhook, "news" | "paymentId">;

let told = 0;

/** An inbox, the work on it, and a clock that stands until it is moved. */
export async function openInbox(db: Db, changed: Partial<Gateway> = {}) {
  await prepareJobs(db, [tellCustomer, refundPayment, workWebhook]);
  let now = noon;
  const clock = { now: () => now };
  const gateway = { ...sandboxGateway(db, clock, { timeoutMs: 50 }), ...changed };
  const counter = { db, gateway, clock, policy };
  const openWork = () => openWebhookWork(counter, openPaymentDesk(counter), { earlyMs });
  const work = openWork();
  const inbox = openWebhookInbox(db, clock);

  /** Keeps news of an order, 300 USD if nothing else is said. */
  function tell(orderId: bigint | string, said: Said) {
    told += 1;
    const about = { gateway: "sandbox", refundId: null, amountMinor: 300n, currency: "USD" };
    return inbox.receive({ ...about, eventId: `msg_${told}`, body: "{}", namedOrder: String(orderId), ...said });
  }

  function due(): Promise<WebhookWork[]> {
    const waiting =
      "select gateway, event_id, tries from payments.webhook_inbox where state = 'received' and next_try_at <= $1";
    return ask<WebhookWork>(db, `${waiting} order by event_id`, [now]);
  }

  return {
    db,
    counter,
    tell,
    due,
    /** Another process's work on the same inbox. */
    openWork,
    async workDue() {
      await Promise.all((await due()).map(work));
    },
    moveClock(ms: number) {
      now = new Date(now.getTime() + ms);
    },
  };
}

export type OpenInbox = Awaited<ReturnType<typeof openInbox>>;

/** An order whose payment was charged, while nobody here heard how it is called. */
export async function givenUnheard({ counter }: Pick<OpenInbox, "counter">) {
  const desk = openPaymentDesk(counter);
  const { orderId: _id, uid: _uid, ...asked } = newOrder(1n, { email: "loses-reply@example.com" });
  const placed = await desk.placeAndPay(asked);
  if (!("order" in placed)) throw new Error("Nothing was placed.");
  return { orderId: placed.order.orderId, paymentId: await chargeOf(counter.db, placed.order.orderId) };
}

/** How the embedded payment service calls the newest payment of an order. */
async function chargeOf(db: Db, orderId: bigint): Promise<string> {
  const [row] = await ask<{ paymentId: string }>(
    db,
    "select payment_id from payments.sandbox_payments where order_id = $1 order by created_at desc limit 1",
    [orderId],
  );
  if (!row) throw new Error(`Nothing was charged for order ${orderId}.`);
  return row.paymentId;
}
