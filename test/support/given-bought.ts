import { randomUUID } from "node:crypto";
import type { NewOrder } from "../../src/orders/new-order.ts";
import type { OrderWithItems } from "../../src/orders/order.ts";
import { drawOrderIds } from "../../src/orders/order-queries.ts";
import { placeOrders } from "../../src/orders/place-orders.ts";
import { refundPayment } from "../../src/orders/refund-payment.ts";
import { tellCustomer } from "../../src/orders/tell-customer.ts";
import type { Tx } from "../../src/platform/db.ts";
import { prepareJobs } from "../../src/platform/jobs.ts";
import { newOrder, noon, orderPlaced, policy } from "./given-orders.ts";

/** Details of the shape that checkout writes; what stands in them is no matter here. */
export const someDetails = JSON.stringify({ version: 1, lines: [], taxes: [], billing: {} });

export interface WantedPurchase {
  readonly owner?: string;
  readonly cartId?: string;
  readonly payment?: NewOrder["payment"];
  readonly unitPriceMinor?: bigint;
  readonly details?: string;
}

/** Details of one piece at this price, with tax in it, as far as they say what the order says. */
function detailsOf(cartId: string, unitPriceMinor: bigint): string {
  const [amount, tax] = [Number(unitPriceMinor), Number(unitPriceMinor / 11n)];
  const line = { line: 1, quantity: 1, unit_amount: amount, discount_amount: 0, line_total: amount, tax_amount: 0 };
  const sums = { items_amount: amount, discount_amount: 0, tax_amount: 0, shipping_amount: 0, total_amount: amount };
  return JSON.stringify({
    ...{ version: 1, cart_id: cartId, locale: "en", currency: "USD", taxes: [], billing: {} },
    lines: [{ ...line, tax_included_amount: tax }],
    ...sums,
    tax_included_amount: tax,
  });
}

/** What an order of one line worth 300, that was a cart, is placed from. */
export function newPurchase(orderId: bigint, wanted: WantedPurchase = {}): NewOrder {
  const { owner = "anonymous/ann", cartId = randomUUID(), unitPriceMinor = 300n } = wanted;
  const taxIncludedMinor = unitPriceMinor / 11n;
  const order = newOrder(orderId, { lines: [{ quantity: 1n, unitPriceMinor }] });
  return {
    ...order,
    items: order.items.map((item) => ({ ...item, taxIncludedMinor })),
    payment: wanted.payment ?? { kind: "charge", gateway: "sandbox", hosted: true },
    cart: {
      cartId,
      owner,
      details: wanted.details ?? detailsOf(cartId, unitPriceMinor),
      taxIncludedMinor,
      lines: [{ productId: randomUUID(), quantity: 1n, unitMinor: unitPriceMinor }],
    },
  };
}

/** Places an order that was a cart; its shopper is to pay it on the gateway's page. */
export async function givenPurchase(tx: Tx, wanted: WantedPurchase = {}): Promise<OrderWithItems> {
  await prepareJobs(tx, [tellCustomer, refundPayment]);
  const [drawn] = await drawOrderIds(tx, { count: 1 });
  const [placement] = await placeOrders(tx, [newPurchase(drawn?.orderId ?? 0n, wanted)], policy, noon);
  return orderPlaced(placement);
}
