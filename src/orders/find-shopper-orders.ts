import { findAttempts } from "../payments/index.ts";
import type { Sql } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import { orderNotFound } from "./order-errors.ts";
import { findOrders } from "./order-queries.ts";
import {
  countOwnOrders,
  findBoughtOrderId,
  findDetails,
  findOwnOrderId,
  listOwnOrderIds,
} from "./shopper-order-queries.ts";
import type { BoughtOrder } from "./store-order-view.ts";

/** Orders that were carts, in the order of the ids given; others are left out. */
export async function findBoughtOrders(sql: Sql, ids: readonly bigint[]): Promise<BoughtOrder[]> {
  if (ids.length === 0) return [];
  const orderIds = [...ids];
  const [orders, details, attempts] = await Promise.all([
    findOrders(sql, { orderIds }),
    findDetails(sql, { orderIds }),
    findAttempts(sql, { orderIds }),
  ]);
  const orderOf = new Map(orders.map((order) => [order.orderId, order]));
  const detailsOf = new Map(details.map((row) => [row.orderId, row]));
  const newestOf = new Map(attempts.map((attempt) => [attempt.orderId, attempt]));
  return orderIds.flatMap((orderId) => {
    const [order, kept] = [orderOf.get(orderId), detailsOf.get(orderId)];
    return order && kept ? [{ ...kept, order, attempt: newestOf.get(orderId) }] : [];
  });
}

/** Who asks for an order: its owner, or somebody whose link to this very order was checked. */
export type OrderSeeker = { readonly owner: string } | "linked";

/**
 * The id of an order by its UUID, for who may see it. What is somebody else's does not exist.
 * @throws order.not_found
 */
export async function getShopperOrderId(sql: Sql, uid: string, seeker: OrderSeeker): Promise<bigint> {
  if (!isUuid(uid)) throw orderNotFound({ order: uid });
  const found =
    seeker === "linked"
      ? await findBoughtOrderId(sql, { uid })
      : await findOwnOrderId(sql, { uid, owner: seeker.owner });
  if (!found) throw orderNotFound({ order: uid });
  return found.orderId;
}

/**
 * An order for its owner, a user or an anonymous shopper, or for the bearer of its link.
 * Source: BOB OrderService, `get_user_order`.
 * @throws order.not_found
 */
export async function getUserOrder(sql: Sql, uid: string, seeker: OrderSeeker): Promise<BoughtOrder> {
  return getBoughtOrder(sql, await getShopperOrderId(sql, uid, seeker));
}

/**
 * An order that was a cart.
 * @throws order.not_found
 */
export async function getBoughtOrder(sql: Sql, orderId: bigint): Promise<BoughtOrder> {
  const [bought] = await findBoughtOrders(sql, [orderId]);
  if (!bought) throw orderNotFound({ order: orderId.toString() });
  return bought;
}

/** A page of orders, counted from 1. */
export interface OrderPageWanted {
  readonly page: number;
  readonly pageSize: number;
}

export interface BoughtPage {
  readonly orders: BoughtOrder[];
  readonly total: bigint;
}

/**
 * A page of what one owner ordered, newest first; a user's and an anonymous shopper's orders are found alike.
 * Source: BOB OrderService, `get_user_orders` and `get_anonymous_user_orders`.
 */
export async function getUserOrders(sql: Sql, owner: string, { page, pageSize }: OrderPageWanted): Promise<BoughtPage> {
  const [ids, { orders: total }] = await Promise.all([
    listOwnOrderIds(sql, { owner, skip: (page - 1) * pageSize, limit: pageSize }),
    countOwnOrders(sql, { owner }),
  ]);
  return {
    orders: await findBoughtOrders(
      sql,
      ids.map(({ orderId }) => orderId),
    ),
    total,
  };
}
