import {
  causeOf,
  endWebhooks,
  findWebhooks,
  type KeptWebhook,
  type NewsKind,
  putOffWebhooks,
  type WebhookEnding,
  type WebhookKey,
  type WebhookWork,
  webhookName,
} from "../payments/index.ts";
import { coalesce } from "../platform/coalesce.ts";
import type { Tx } from "../platform/db.ts";
import { isUnavailable } from "../platform/errors.ts";
import { reach } from "../platform/failpoints.ts";
import { parseOrderId } from "./find-orders.ts";
import { hearChargeback } from "./hear-chargeback.ts";
import { openPaymentHearing, type PaymentHeard, type PaymentNews } from "./hear-payment-flow.ts";
import { hearRefund } from "./hear-refund.ts";
import { hearRefundFailure } from "./hear-refund-failure.ts";
import { findOrders } from "./order-queries.ts";
import { parkWebhook } from "./park-webhook.ts";
import type { Counter, PaymentDesk } from "./payment-desk-flow.ts";

/** How long news waits for what it follows on. */
export interface NewsPolicy {
  readonly earlyMs: number;
}

const unconfirmedMs = 259_200_000; // Three days: as long as a payment service sends webhooks again.
const mostTogether = 200; // Twice the jobs that one process runs at once.
const flushes = 2; // One commits while the next is gathered.

/** `misnamed`: no order can be called as the address has it. */
type Heard = PaymentHeard | "recorded" | "misnamed";

/**
 * Opens the work on webhooks of the inbox: one call for each. May run twice, late, and in two processes at once: all
 * news goes through the doors that our own answers take, and what ended is left alone.
 *
 * News that fits nothing yet is put off with growing waits; when its time is over, a person is asked.
 */
export function openWebhookWork(
  counter: Counter,
  desk: Pick<PaymentDesk, "settle">,
  policy: NewsPolicy,
): (work: WebhookWork) => Promise<void> {
  const { db, clock } = counter;
  const together = { most: mostTogether, flushes, mayRunAlone: (error: unknown) => !isUnavailable(error) };
  const hearPayment = openPaymentHearing(counter, desk);
  const read = coalesce<WebhookKey, KeptWebhook | undefined>({
    ...together,
    name: "read-webhooks",
    run: (keys) => readAll(counter, keys),
  });
  /** Runs that end together share a transaction. */
  const inOne = <In>(name: string, write: (tx: Tx, members: In[], now: Date) => Promise<unknown>) =>
    coalesce<In, void>({
      ...together,
      name,
      async run(members) {
        await db.transaction((tx) => write(tx, members, clock.now()));
        return members.map(() => undefined);
      },
    });
  const end = inOne<WebhookEnding>("end-webhooks", endWebhooks);
  const putOff = inOne<KeptWebhook>("put-off-webhooks", putOffWebhooks);

  async function hear(webhook: KeptWebhook): Promise<Heard> {
    const orderId = parseOrderId(webhook.namedOrder);
    if (orderId === undefined) return "misnamed";
    const { news } = webhook;
    return news === "succeeded" || news === "failed"
      ? hearPayment(paymentNewsOf({ ...webhook, news }, orderId))
      : hearMoneyBack(counter, { ...webhook, news }, orderId);
  }

  return async (work) => {
    const webhook = await read(work);
    if (webhook?.state !== "received" || webhook.tries !== work.tries) return;
    await reach("before-webhook-work");
    const heard = await hear(webhook);
    await reach("after-webhook-work");
    const { gateway, eventId } = webhook;
    switch (verdictOn(heard, webhook, { policy, now: clock.now() })) {
      case "worked":
        return end({ gateway, eventId, state: "worked", outcome: heard });
      case "again":
        return putOff(webhook);
      case "parked":
        return park(counter, webhook, heard);
    }
  };
}

async function readAll({ db }: Counter, keys: readonly WebhookKey[]): Promise<(KeptWebhook | undefined)[]> {
  const gateways = keys.map(({ gateway }) => gateway);
  const eventIds = keys.map(({ eventId }) => eventId);
  const found = new Map((await findWebhooks(db, { gateways, eventIds })).map((row) => [webhookName(row), row]));
  return keys.map((key) => found.get(webhookName(key)));
}

type About<News extends NewsKind> = KeptWebhook & { readonly news: News };

function paymentNewsOf(webhook: About<"succeeded" | "failed">, orderId: bigint): PaymentNews {
  const { gateway, news, paymentId: reference, amountMinor, currency } = webhook;
  const by = { actor: "payment service", cause: causeOf(webhook) };
  return news === "succeeded"
    ? { orderId, gateway, told: true, answer: { outcome: "paid", reference, amountMinor, currency }, by }
    : { orderId, gateway, told: true, answer: { outcome: "failed", failure: "processing_error", reference }, by };
}

const moneyBack = { refunded: hearRefund, refund_failed: hearRefundFailure, charged_back: hearChargeback };

async function hearMoneyBack(
  { db, clock }: Counter,
  webhook: About<keyof typeof moneyBack>,
  orderId: bigint,
): Promise<Heard> {
  const { paymentId: reference, refundId: refundReference, amountMinor, currency } = webhook;
  const [order] = await findOrders(db, { orderIds: [orderId] });
  if (!order) return "no_order";
  const news = { orderId, reference, refundReference, amountMinor, currency, cause: causeOf(webhook) };
  const hear = moneyBack[webhook.news];
  const heard = await db.transaction((tx) => hear(tx, news, clock.now()));
  // What it follows on is a call of ours whose end nobody knows yet, as while the gateway is away.
  const isOpen = order.status === "payment_processing" || order.refundingMinor > 0n;
  return heard === "early" && isOpen ? "unconfirmed" : heard;
}

/** How long what did not fit may still come to fit; undefined when it is settled or never will. */
function patienceMs(heard: Heard, { earlyMs }: NewsPolicy): number | undefined {
  if (heard === "unconfirmed") return Math.max(unconfirmedMs, earlyMs);
  return heard === "early" || heard === "no_order" ? earlyMs : undefined;
}

function verdictOn(
  heard: Heard,
  { receivedAt }: KeptWebhook,
  { policy, now }: { policy: NewsPolicy; now: Date },
): "worked" | "again" | "parked" {
  if (heard === "elsewhere" || heard === "misnamed") return "parked";
  const patience = patienceMs(heard, policy);
  if (patience === undefined) return "worked";
  return now.getTime() - receivedAt.getTime() < patience ? "again" : "parked";
}

async function park({ db, clock }: Counter, webhook: KeptWebhook, why: string): Promise<void> {
  const orderId = parseOrderId(webhook.namedOrder) ?? null;
  const known = orderId === null ? [] : await findOrders(db, { orderIds: [orderId] });
  const unfitting = { orderId: known.length > 0 ? orderId : null, why };
  await db.transaction((tx) => parkWebhook(tx, webhook, unfitting, clock.now()));
}
