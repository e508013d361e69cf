import { setTimeout as sleep } from "node:timers/promises";
import { advanceOrder, cancelOrder } from "../../src/orders/index.ts";
import { expireOrders } from "../../src/orders/order-jobs.ts";
import { payOrder } from "../../src/orders/pay-order-flow.ts";
import { openPaymentDesk } from "../../src/orders/payment-desk-flow.ts";
import { reconcilePayments } from "../../src/orders/reconcile-payments-flow.ts";
import { refundPayment } from "../../src/orders/refund-payment.ts";
import { payBack } from "../../src/orders/refund-payment-flow.ts";
import { requestRefund } from "../../src/orders/request-refund.ts";
import { tellCustomer } from "../../src/orders/tell-customer.ts";
import { openWebhookWork } from "../../src/orders/work-webhook-flow.ts";
import { openWebhookInbox, type WebhookWork } from "../../src/payments/index.ts";
import { workWebhook } from "../../src/payments/work-webhook.ts";
import type { Db } from "../../src/platform/db.ts";
import { Refusal } from "../../src/platform/errors.ts";
import { prepareJobs } from "../../src/platform/jobs.ts";
import { ask } from "./ask.ts";
import { by, newOrder, noon } from "./given-orders.ts";
import { type StormNews, stormGateway } from "./storm-gateway.ts";

const hourMs = 3_600_000;
const longestTickMs = 20_000; // Moves the clock past checks, deadlines and waits while the storm lasts.
const policy = { expiryMs: hourMs / 4, firstCheckMs: 40_000, againMs: 5_000 };
const earlyMs = 240 * hourMs; // News that is true never gives up; what is forged does after the storm.
const processes = 2;
const roundsToDrain = 60;
const newest = 6; // Few enough that much happens to each of them.

/** Amounts that a rounding, a double or a small integer would bend. */
const prices = [1n, 2n, 3n, 100n, 999n, 100_000n, 999_999_999_999_999n];
const tooMuchMinor = 4_000_000_000_000_000n; // More than all tries of one order can bring in.
const currencies = ["JPY", "USD", "KWD"];

/**
 * A shop in a storm: everything that moves money, on real connections, with a payment service that has whims. What it
 * does follows from the seed; what meets what does not.
 */
export async function openMoneyStorm(db: Db, random: () => number) {
  await prepareJobs(db, [tellCustomer, refundPayment, workWebhook]);
  const gateway = stormGateway(random);
  let now = noon;
  const clock = { now: () => now };
  const counter = { db, gateway, clock, policy };
  const inbox = openWebhookInbox(db, clock);
  const shops = Array.from({ length: processes }, () => {
    const desk = openPaymentDesk(counter);
    return { desk, work: openWebhookWork(counter, desk, { earlyMs }) };
  });
  const told: (StormNews & { readonly eventId: string })[] = [];
  const orderIds: bigint[] = [];
  const troubles: unknown[] = [];
  let counted = 0;

  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  const shop = () => pick(shops) as (typeof shops)[number];
  /** From 1 up to the whole; often one of the two. */
  const partOf = (whole: bigint) =>
    random() < 0.3 ? whole : random() < 0.2 ? 1n : 1n + BigInt(Math.floor(random() * Number(whole)));
  const least = (one: bigint, other: bigint) => (one < other ? one : other);
  const nextId = (kind: string) => {
    counted += 1;
    return `${kind}_${counted}`;
  };

  function receive({ eventId, namedOrder, ...said }: StormNews & { eventId: string; namedOrder?: string }) {
    const { orderId, ...news } = said;
    const body = JSON.stringify(news, (_key, value) => (typeof value === "bigint" ? value.toString() : value));
    return inbox.receive({ ...news, gateway: gateway.name, eventId, body, namedOrder: namedOrder ?? String(orderId) });
  }

  async function tell(): Promise<void> {
    const [news] = gateway.untold.splice(Math.floor(random() * gateway.untold.length), 1);
    if (!news) return;
    const one = { ...news, eventId: nextId("msg") };
    told.push(one);
    await Promise.all(random() < 0.2 ? [receive(one), receive(one)] : [receive(one)]);
  }

  async function tellAgain(): Promise<void> {
    const one = pick(told);
    if (one) await receive(random() < 0.5 ? one : { ...one, eventId: nextId("again") });
  }

  /** Signed, and not so: another order, another currency, or more than there was. */
  async function lie(): Promise<void> {
    const [one, other] = [pick(told), pick(orderIds)];
    if (!one || other === undefined) return;
    const eventId = nextId("lie");
    const refundId = one.refundId && nextId("lie");
    if (random() < 0.4 && other !== one.orderId) await receive({ ...one, eventId, namedOrder: String(other) });
    else if (random() < 0.5) await receive({ ...one, eventId, refundId, currency: "EUR" });
    else await receive({ ...one, eventId, refundId, amountMinor: tooMuchMinor });
  }

  async function place(): Promise<void> {
    const lines = [{ quantity: 1n, unitPriceMinor: pick(prices) as bigint }];
    const wanted = newOrder(1n, { lines, currency: pick(currencies) as string });
    const { orderId: _orderId, uid: _uid, ...asked } = wanted;
    const payment = { kind: "charge", gateway: counter.gateway.name } as const;
    const placed = await shop().desk.placeAndPay({ ...asked, payment });
    if ("order" in placed) orderIds.push(placed.order.orderId);
  }

  async function payAgain(orderId: bigint): Promise<void> {
    await payOrder(counter, shop().desk, { orderId, by, ifMatch: undefined, key: undefined });
  }

  async function giveBack(orderId: bigint): Promise<void> {
    const [order] = await ask<{ capturedMinor: bigint }>(
      db,
      "select captured_minor from orders.orders where order_id = $1",
      [orderId],
    );
    const amountMinor = random() < 0.2 ? undefined : partOf((order?.capturedMinor ?? 0n) + 1n);
    await db.transaction((tx) => requestRefund(tx, { orderId, amountMinor, reason: "broken" }, policy, now));
  }

  function listPromised() {
    return ask<{ orderId: bigint; refund: number }>(
      db,
      "select order_id, refund from payments.refunds where state = 'requested' order by order_id, refund",
    );
  }

  async function payBackOne(): Promise<void> {
    const wanted = pick(await listPromised());
    if (!wanted) return;
    await Promise.all(random() < 0.3 ? [tryToPayBack(wanted), tryToPayBack(wanted)] : [tryToPayBack(wanted)]);
  }

  /** As the job system does it: what is not settled is tried again later. */
  async function tryToPayBack(wanted: { orderId: bigint; refund: number }): Promise<void> {
    await payBack(counter, wanted, 1).catch((error: unknown) => {
      if (!(error instanceof Error && error.message.includes("is not settled"))) throw error;
    });
  }

  async function workDue(): Promise<number> {
    const due = await ask<WebhookWork>(
      db,
      `select gateway, event_id, tries from payments.webhook_inbox
        where state = 'received' and next_try_at <= $1 order by event_id`,
      [now],
    );
    // One that fails is tried again by the job system.
    const ends = await Promise.allSettled(due.map((one) => shop().work(one)));
    for (const end of ends) if (end.status === "rejected") noteTrouble(end.reason);
    return due.length;
  }

  function noteTrouble(error: unknown): void {
    if (!(error instanceof Refusal)) troubles.push(error);
  }

  const cancel = (orderId: bigint) =>
    db.transaction((tx) => cancelOrder(tx, { orderId, reason: "CUSTOMER_REQUESTED", by }, policy, now));
  const advance = (orderId: bigint) =>
    db.transaction((tx) =>
      advanceOrder(tx, { orderId, to: random() < 0.6 ? "shipped" : "delivered", by }, policy, now),
    );

  /** What the payment service does by itself. */
  function stir(): void {
    const payment = pick(gateway.payments.slice(-newest));
    if (!payment) return;
    const refund = pick(payment.refunds);
    const part = partOf(payment.amountMinor);
    const turn = random();
    if (turn < 0.4) gateway.end(payment);
    else if (turn < 0.6 && refund) gateway.failRefund(payment, refund);
    else if (turn < 0.8) gateway.giveBack(payment, least(part, payment.amountMinor));
    else gateway.chargeBack(payment, least(part, payment.amountMinor));
  }

  const deeds: readonly (readonly [number, (orderId: bigint) => unknown])[] = [
    [6, place],
    [8, payAgain],
    [6, cancel],
    [4, advance],
    [14, giveBack],
    [14, payBackOne],
    [20, stir],
    [14, tell],
    [4, tellAgain],
    [3, lie],
    [10, workDue],
    [6, () => reconcilePayments(counter, shop().desk)],
    [3, () => expireOrders(counter)],
  ];
  const weight = deeds.reduce((sum, [share]) => sum + share, 0);

  /** Does one thing that follows from the seed, mostly to one of the newest orders. */
  async function act(): Promise<void> {
    now = new Date(now.getTime() + Math.floor(random() * longestTickMs));
    const orderId = pick(orderIds.slice(-newest));
    let left = random() * weight;
    const chosen = deeds.find(([share]) => {
      left -= share;
      return left < 0;
    });
    const deed = orderId === undefined ? place : (chosen?.[1] ?? tell);
    try {
      await deed(orderId ?? 0n);
    } catch (error) {
      noteTrouble(error);
    }
    await sleep(0);
  }

  /** Lets everything come to its end: the service calms down, all is told, and the clock goes on. */
  async function drain(): Promise<void> {
    gateway.calmDown();
    for (const payment of gateway.payments) gateway.end(payment);
    for (let round = 0; round < roundsToDrain; round += 1) {
      while (gateway.untold.length > 0) await tell();
      await workDue();
      while ((await reconcilePayments(counter, shop().desk)) > 0);
      await Promise.all((await listPromised()).map(tryToPayBack));
      await expireOrders(counter);
      now = new Date(now.getTime() + hourMs);
    }
  }

  return {
    gateway,
    told,
    troubles,
    counter,
    shops,
    /** The orders that things happen to; whoever places more adds them. */
    orderIds,
    noteTrouble,
    act,
    drain,
    /** Lets so much time go by that what still fits nothing is given up. */
    async giveUp() {
      now = new Date(now.getTime() + earlyMs);
      await workDue();
    },
  };
}
