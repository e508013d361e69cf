import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import { insertRows } from "../platform/insert-rows.ts";
import type { ShopperOrder } from "./purchase.ts";

/** Writes whose orders are. Their rows are written in the same transaction. */
export const insertShopperOrders = insertRows<ShopperOrder & { readonly frozenAt: Date | null }>(
  "orders.insert_shopper_orders",
  "orders.shopper_orders",
  {
    order_id: ["bigint", (row) => row.orderId],
    owner: ["text", (row) => row.owner],
    details: ["json", (row) => row.details],
    frozen_at: ["timestamptz", (row) => row.frozenAt],
  },
);

/** Freezes the details of orders that were paid; those that are frozen stay as they are. */
export const freezeShopperOrders = change<Tx, { orderIds: bigint[]; now: Date }>(
  "orders.freeze_shopper_orders",
  `
  update orders.shopper_orders
     set frozen_at = :now
   where order_id = any(:orderIds::bigint[]) and frozen_at is null`,
);

/** The order with this UUID, if it belongs to this owner. */
export const findOwnOrderId = maybeOne<Sql, { owner: string; uid: string }, { orderId: bigint }>(
  "orders.find_own_order_id",
  `
  select bought.order_id
    from orders.orders as held
    join orders.shopper_orders as bought on bought.order_id = held.order_id
   where held.uid = :uid::uuid and bought.owner = :owner`,
);

/** The order with this UUID that was a cart, whoever it belongs to: for who brings its signed link. */
export const findBoughtOrderId = maybeOne<Sql, { uid: string }, { orderId: bigint }>(
  "orders.find_bought_order_id",
  `
  select bought.order_id
    from orders.orders as held
    join orders.shopper_orders as bought on bought.order_id = held.order_id
   where held.uid = :uid::uuid`,
);

/** What was bought, as JSON text. */
export const findDetails = many<
  Sql,
  { orderIds: bigint[] },
  { orderId: bigint; owner: string; details: string; frozenAt: Date | null }
>(
  "orders.find_details",
  `
  select order_id, owner, details::text as details, frozen_at
    from orders.shopper_orders
   where order_id = any(:orderIds::bigint[])`,
);

/** A page of an owner's orders, newest first. Shoppers page by number, as BOB's do, and none has many pages. */
export const listOwnOrderIds = many<Sql, { owner: string; skip: number; limit: number }, { orderId: bigint }>(
  "orders.list_own_order_ids",
  `
  select order_id
    from orders.shopper_orders
   where owner = :owner
   order by order_id desc
  offset :skip::bigint limit :limit::bigint`,
);

export const countOwnOrders = one<Sql, { owner: string }, { orders: bigint }>(
  "orders.count_own_orders",
  "select count(*) as orders from orders.shopper_orders where owner = :owner",
);

/** Gives everything that one owner ordered to another. */
export const moveOwnOrders = change<Tx, { from: string; to: string }>(
  "orders.move_own_orders",
  "update orders.shopper_orders set owner = :to where owner = :from",
);
