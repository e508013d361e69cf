import { coalesce } from "../platform/coalesce.ts";
import type { Db, Sql } from "../platform/db.ts";
import { isUnavailable } from "../platform/errors.ts";
import { isUuid } from "../platform/ids.ts";
import { orderIdOfNumber, orderNumber } from "./number.ts";
import type { OrderItem, OrderWithItems } from "./order.ts";
import { orderNotFound } from "./order-errors.ts";
import { countOrders, findItems, findOrderIdByUid, findOrders, listOrderIds } from "./order-queries.ts";

/** Orders with their items, in the order of the ids given; those that do not exist are left out. */
export async function findOrdersWithItems(sql: Sql, orderIds: readonly bigint[]): Promise<OrderWithItems[]> {
  const asked = { orderIds: [...orderIds] };
  const [orders, lines] = await Promise.all([findOrders(sql, asked), findItems(sql, asked)]);
  const items = new Map<bigint, OrderItem[]>();
  for (const { orderId, ...item } of lines) {
    const known = items.get(orderId);
    if (known) known.push(item);
    else items.set(orderId, [item]);
  }
  const found = new Map(orders.map((order) => [order.orderId, { ...order, items: items.get(order.orderId) ?? [] }]));
  return orderIds.flatMap((orderId) => found.get(orderId) ?? []);
}

const mostReadAtOnce = 200;
const readsAtOnce = 2; // As many as there are cores; more reads at once only wait.

/** A reader of single orders: requests that come together are one read. */
export function openOrderReader(db: Db): (orderId: bigint) => Promise<OrderWithItems | undefined> {
  return coalesce<bigint, OrderWithItems | undefined>({
    name: "find-orders",
    most: mostReadAtOnce,
    flushes: readsAtOnce,
    mayRunAlone: (error) => !isUnavailable(error),
    async run(orderIds) {
      const orders = await findOrdersWithItems(db, [...new Set(orderIds)]);
      const byId = new Map(orders.map((order) => [order.orderId, order]));
      return orderIds.map((orderId) => byId.get(orderId));
    },
  });
}

const idShape = /^[1-9]\d{0,18}$/;
const mostId = 2n ** 63n - 1n;

/** Reads an id as the database counts it, or undefined when no order can have it. */
export function parseOrderId(text: string): bigint | undefined {
  if (!idShape.test(text)) return undefined;
  const orderId = BigInt(text);
  return orderId > mostId ? undefined : orderId;
}

/**
 * The id of the order that is named by its UUID, its number (`ORD-…`) or its id. An id or a number is not looked up.
 * @throws order.not_found
 */
export async function getOrderId(sql: Sql, named: string): Promise<bigint> {
  const orderId = isUuid(named)
    ? (await findOrderIdByUid(sql, { uid: named }))?.orderId
    : (orderIdOfNumber(named) ?? parseOrderId(named));
  if (orderId === undefined) throw orderNotFound({ order: named });
  return orderId;
}

const countedExactly = 10_000; // Nobody pages further by hand, and counting more costs what a small report costs.

export interface OrderPage {
  readonly orders: OrderWithItems[];
  readonly total: bigint;
  /** Whether the total is the planner's estimate. */
  readonly estimated: boolean;
}

/** A page of all orders, newest first. */
export async function listOrders(sql: Sql, page: { skip: number; limit: number }): Promise<OrderPage> {
  const [ids, count] = await Promise.all([listOrderIds(sql, page), countOrders(sql, { most: countedExactly + 1 })]);
  const orders = await findOrdersWithItems(
    sql,
    ids.map((row) => row.orderId),
  );
  const estimated = count.counted > BigInt(countedExactly);
  const total = estimated && count.estimated > count.counted ? count.estimated : count.counted;
  return { orders, total, estimated };
}

/** What a letter to the customer needs to know of an order. */
export interface OrderLetter extends OrderWithItems {
  readonly number: string;
}

/** Orders as letters tell of them; those that do not exist are left out. */
export async function findOrderLetters(sql: Sql, orderIds: readonly bigint[]): Promise<OrderLetter[]> {
  const orders = await findOrdersWithItems(sql, orderIds);
  return orders.map((order) => ({ ...order, number: orderNumber(order.orderId) }));
}
