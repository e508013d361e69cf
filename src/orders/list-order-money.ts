import { findRefund, type PaymentAttempt, pageAttempts, pageRefunds, type Refund } from "../payments/index.ts";
import type { Sql } from "../platform/db.ts";
import { type Page, type PageWanted, pageById } from "../platform/page-by-id.ts";
import type { Order } from "./order.ts";
import { orderNotFound, orderRefundNotFound } from "./order-errors.ts";
import { findOrders } from "./order-queries.ts";

/** A page of what belongs to one order, with the order. */
type OrderPage<Row> = Page<Row> & { readonly order: Order };

async function getOrder(sql: Sql, orderId: bigint): Promise<Order> {
  const [order] = await findOrders(sql, { orderIds: [orderId] });
  if (!order) throw orderNotFound({ order: orderId.toString() });
  return order;
}

/**
 * The refunds of an order, newest first.
 * @throws order.not_found, list.cursor_unknown
 */
export async function listRefunds(sql: Sql, orderId: bigint, wanted: PageWanted): Promise<OrderPage<Refund>> {
  const rows = pageById(
    wanted,
    ({ refund }: Refund) => BigInt(refund),
    (page) => pageRefunds(sql, { orderId, ...page }),
  );
  const [order, page] = await Promise.all([getOrder(sql, orderId), rows]);
  return { order, ...page };
}

/**
 * The tries to have an order paid, newest first.
 * @throws order.not_found, list.cursor_unknown
 */
export async function listPayments(sql: Sql, orderId: bigint, wanted: PageWanted): Promise<OrderPage<PaymentAttempt>> {
  const rows = pageById(
    wanted,
    ({ attempt }: PaymentAttempt) => BigInt(attempt),
    (page) => pageAttempts(sql, { orderId, ...page }),
  );
  const [order, page] = await Promise.all([getOrder(sql, orderId), rows]);
  return { order, ...page };
}

const numberShape = /^[1-9]\d{0,4}$/; // Keys have room for numbers of five digits.
const idShape = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{8}([c-f][0-9a-f]{3})$/;
const firstRefundId = 0xc000;

/** The number of a refund that is named by its number or its id, whose last four digits hold it. */
function parseRefund(named: string): number | undefined {
  if (numberShape.test(named)) return Number(named);
  const digits = idShape.exec(named)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16) - firstRefundId;
}

/**
 * One refund of an order, named by its number or its id.
 * @throws order.not_found, order.refund_not_found
 */
export async function getRefund(sql: Sql, orderId: bigint, text: string): Promise<{ order: Order; refund: Refund }> {
  const named = text.toLowerCase();
  const number = parseRefund(named);
  const [order, refund] = await Promise.all([
    getOrder(sql, orderId),
    number === undefined ? undefined : findRefund(sql, { orderId, refund: number }),
  ]);
  if (!refund || (named !== refund.refund.toString() && named !== refund.key)) {
    throw orderRefundNotFound({ refund: text });
  }
  return { order, refund };
}
