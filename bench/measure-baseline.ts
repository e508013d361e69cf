import { customerIdOf } from "../src/orders/draft.ts";
import type { OrderItem } from "../src/orders/order.ts";
import { drawOrderIds } from "../src/orders/order-queries.ts";
import { noOrigin } from "../src/orders/origin.ts";
import { placeOrders } from "../src/orders/place-orders.ts";
import { settlePayments } from "../src/orders/settle-payments.ts";
import { chargeSandbox } from "../src/payments/charge-sandbox.ts";
import { attemptKey } from "../src/payments/index.ts";
import { actOf } from "../src/payments/sandbox.ts";
import { systemClock } from "../src/platform/clock.ts";
import { type Db, openDb } from "../src/platform/db.ts";
import { uuidV7 } from "../src/platform/ids.ts";

const customerEmail = "tanaka@example.co.jp";
const currency = "JPY";
const by = { actor: "bench", cause: "baseline" };
const policy = { expiryMs: 86_400_000, firstCheckMs: 40_000, againMs: 5_000 };

const items: OrderItem[] = [
  { sku: "item-1", productName: "ノートPC", quantity: 2n, unitPriceMinor: 89_800n },
  { sku: "item-2", productName: "マウス", quantity: 1n, unitPriceMinor: 11_000n },
].map((item, index) => ({
  ...item,
  line: index + 1,
  discountMinor: 0n,
  taxMinor: 0n,
  lineTotalMinor: item.quantity * item.unitPriceMinor,
}));

/**
 * Baseline R: P1's own verbs with sets of one, over 16 connections and without HTTP. Two transactions an order, as
 * few as an intent before the call allows; the sandbox's row is written in the second.
 */
async function placeAndPay(db: Db): Promise<void> {
  const now = systemClock.now();
  const [drawn] = await drawOrderIds(db, { count: 1 });
  if (!drawn) throw new Error("No id was drawn.");
  const { orderId } = drawn;
  const uid = uuidV7(now);
  const order = {
    orderId,
    uid,
    customerId: customerIdOf(customerEmail),
    customerEmail,
    customerName: "田中太郎",
    locale: "ja",
    currency,
    items,
    discountMinor: 0n,
    taxMinor: 0n,
    shippingMinor: 0n,
    customerReference: null,
    payment: { kind: "charge", gateway: "sandbox" } as const,
    origin: noOrigin,
    notify: true,
    by,
  };
  const [placed] = await db.transaction((tx) => placeOrders(tx, [order], policy, now));
  if (placed?.outcome !== "placed") throw new Error(`The baseline's order is ${placed?.outcome}.`);
  const amountMinor = placed.order.totalMinor;
  const reference = `pay_${uuidV7(now)}`;
  const charge = {
    paymentId: reference,
    orderId,
    key: attemptKey(uid, 1),
    amountMinor,
    currency,
    act: actOf(customerEmail, amountMinor),
  };
  const answer = { outcome: "paid", reference, amountMinor, currency } as const;
  const [settled] = await db.transaction(async (tx) => {
    const [, settlements] = await Promise.all([
      chargeSandbox(tx, [charge], now),
      settlePayments(tx, [{ orderId, attempt: 1, answer, by }], policy, now),
    ]);
    return settlements;
  });
  if (settled?.outcome !== "paid") throw new Error(`The baseline's order is ${settled?.outcome}.`);
}

/** Runs the baseline for so long and answers orders a second. */
export async function measureBaseline(url: string, seconds: number, connections: number): Promise<number> {
  const db = openDb({ url, applicationName: "bench baseline", connections });
  const until = performance.now() + seconds * 1000;
  const started = performance.now();
  let orders = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) {
        await placeAndPay(db);
        orders += 1;
      }
    }),
  );
  const elapsedSeconds = (performance.now() - started) / 1000;
  await db.close();
  return orders / elapsedSeconds;
}
