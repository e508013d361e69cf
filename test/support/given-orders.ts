import { customerIdOf } from "../../src/orders/draft.ts";
import { advanceOrder, cancelOrder, settlePayments } from "../../src/orders/index.ts";
import type { NewOrder } from "../../src/orders/new-order.ts";
import type { OrderStatus, OrderWithItems } from "../../src/orders/order.ts";
import { drawOrderIds } from "../../src/orders/order-queries.ts";
import { noOrigin } from "../../src/orders/origin.ts";
import { type Placement, placeOrders } from "../../src/orders/place-orders.ts";
import { refundPayment } from "../../src/orders/refund-payment.ts";
import { tellCustomer } from "../../src/orders/tell-customer.ts";
import type { Tx } from "../../src/platform/db.ts";
import { uuidV7 } from "../../src/platform/ids.ts";
import { prepareJobs } from "../../src/platform/jobs.ts";

export const noon = new Date("2026-11-23T12:00:00.000Z");
export const policy = { expiryMs: 86_400_000, firstCheckMs: 40_000, againMs: 5_000 };
export const by = { actor: "test", cause: "given" };

interface Wanted {
  status?: OrderStatus;
  email?: string;
  currency?: string;
  lines?: { quantity: bigint; unitPriceMinor: bigint }[];
}

/** What an order of two lines worth 300 is placed from; each part can be chosen. */
export function newOrder(orderId: bigint, wanted: Wanted = {}): NewOrder {
  const email = wanted.email ?? "ann@example.com";
  const lines = wanted.lines ?? [
    { quantity: 1n, unitPriceMinor: 100n },
    { quantity: 2n, unitPriceMinor: 100n },
  ];
  return {
    orderId,
    uid: uuidV7(noon),
    customerId: customerIdOf(email),
    customerEmail: email,
    customerName: "Ann",
    locale: "en",
    currency: wanted.currency ?? "USD",
    items: lines.map((line, index) => ({
      line: index + 1,
      sku: `item-${index + 1}`,
      productName: `Tea ${index + 1}`,
      ...line,
      discountMinor: 0n,
      taxMinor: 0n,
      lineTotalMinor: line.quantity * line.unitPriceMinor,
      taxIncludedMinor: 0n,
      providerId: "own",
    })),
    discountMinor: 0n,
    taxMinor: 0n,
    shippingMinor: 0n,
    customerReference: null,
    payment: { kind: "charge", gateway: "sandbox" },
    origin: noOrigin,
    notify: true,
    by,
  };
}

/** The order that was placed, or a failure. */
export function orderPlaced(placement: Placement | undefined): OrderWithItems {
  if (placement?.outcome !== "placed") throw new Error(`The order is ${placement?.outcome}, not placed.`);
  return placement.order;
}

/** Places an order and moves it to the status wanted, as the verbs do it. */
export async function givenOrder(tx: Tx, wanted: Wanted = {}): Promise<OrderWithItems> {
  await prepareJobs(tx, [tellCustomer, refundPayment]);
  const [drawn] = await drawOrderIds(tx, { count: 1 });
  const [placement] = await placeOrders(tx, [newOrder(drawn?.orderId ?? 0n, wanted)], policy, noon);
  const placed = orderPlaced(placement);
  const status = wanted.status ?? "payment_processing";
  const { orderId } = placed;
  if (status === "payment_processing") return placed;
  const failed = status === "pending";
  const answer = failed
    ? ({ outcome: "failed", failure: "card_declined", reference: null } as const)
    : ({
        outcome: "paid",
        reference: `pay-${orderId}`,
        amountMinor: placed.totalMinor,
        currency: placed.currency,
      } as const);
  const settled =
    placed.totalMinor === 0n ? [] : await settlePayments(tx, [{ orderId, attempt: 1, answer, by }], policy, noon);
  let order = { ...placed, ...settled[0]?.order };
  if (status === "shipped" || status === "delivered")
    order = { ...order, ...(await advanceOrder(tx, { orderId, to: "shipped", by }, policy, noon)) };
  if (status === "delivered")
    order = { ...order, ...(await advanceOrder(tx, { orderId, to: "delivered", by }, policy, noon)) };
  if (status === "cancelled")
    order = { ...order, ...(await cancelOrder(tx, { orderId, reason: "CUSTOMER_REQUESTED", by }, policy, noon)) };
  return order;
}
