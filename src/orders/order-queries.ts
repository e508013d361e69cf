import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import { type InsertedColumns, insertRows } from "../platform/insert-rows.ts";
import type { PlacedOrigin } from "./changes.ts";
import type { Order, OrderItem } from "./order.ts";
import type { Origin } from "./origin.ts";

/** Draws ids for orders that will be placed. Those of a placing that fails are not used again. */
export const drawOrderIds = many<Sql, { count: number }, { orderId: bigint }>(
  "orders.draw_order_ids",
  "select nextval('orders.order_ids') as order_id from generate_series(1, :count::int)",
);

/** An order's row as it is first written. */
export type PlacedRow = Order & Partial<PlacedOrigin>;

const placedColumns: InsertedColumns<PlacedRow> = {
  order_id: ["bigint", (order) => order.orderId],
  uid: ["uuid", (order) => order.uid],
  customer_id: ["uuid", (order) => order.customerId],
  customer_email: ["text", (order) => order.customerEmail],
  customer_name: ["text", (order) => order.customerName],
  locale: ["text", (order) => order.locale],
  currency: ["text", (order) => order.currency],
  status: ["text", (order) => order.status],
  items_minor: ["bigint", (order) => order.itemsMinor],
  discount_minor: ["bigint", (order) => order.discountMinor],
  tax_minor: ["bigint", (order) => order.taxMinor],
  shipping_minor: ["bigint", (order) => order.shippingMinor],
  total_minor: ["bigint", (order) => order.totalMinor],
  attempts: ["int", (order) => order.attempts],
  last_sequence: ["int", (order) => order.lastSequence],
  expires_at: ["timestamptz", (order) => order.expiresAt],
  created_at: ["timestamptz", (order) => order.createdAt],
  updated_at: ["timestamptz", (order) => order.createdAt],
};

export const insertOrders = insertRows<PlacedRow>("orders.insert_orders", "orders.orders", placedColumns);

/** As `insertOrders`, for orders that came from elsewhere: the many that did not pay nothing for these columns. */
export const insertOrdersWithOrigin = insertRows<PlacedRow>("orders.insert_orders_with_origin", "orders.orders", {
  ...placedColumns,
  captured_minor: ["bigint", (order) => order.capturedMinor],
  source: ["text", (order) => order.source ?? null],
  external_reference: ["text", (order) => order.externalReference ?? null],
  import_id: ["uuid", (order) => order.importId ?? null],
  import_row: ["int", (order) => order.importRow ?? null],
  csv_source: ["text", (order) => order.csvSource ?? null],
  batch_id: ["uuid", (order) => order.batchId ?? null],
  ordered_at: ["timestamptz", (order) => order.orderedAt ?? null],
  customer_reference: ["text", (order) => order.customerReference ?? null],
  notify: ["boolean", (order) => order.notify],
  pay_until: ["timestamptz", (order) => order.payUntil],
  uid_given: ["boolean", (order) => order.uidIsGiven ?? false],
  cart_id: ["uuid", (order) => order.cartId],
  tax_included_minor: ["bigint", (order) => order.taxIncludedMinor],
});

/** A line with the order that it belongs to. */
export type OrderLine = OrderItem & Pick<Order, "orderId">;

const itemColumns: InsertedColumns<OrderLine> = {
  order_id: ["bigint", (line) => line.orderId],
  line: ["int", (line) => line.line],
  sku: ["text", (line) => line.sku],
  product_name: ["text", (line) => line.productName],
  quantity: ["bigint", (line) => line.quantity],
  unit_price_minor: ["bigint", (line) => line.unitPriceMinor],
  discount_minor: ["bigint", (line) => line.discountMinor],
  tax_minor: ["bigint", (line) => line.taxMinor],
  line_total_minor: ["bigint", (line) => line.lineTotalMinor],
};

export const insertItems = insertRows<OrderLine>("orders.insert_items", "orders.order_items", itemColumns);

/** As `insertItems`, for what was bought in the store: the many lines that were not pay nothing for these columns. */
export const insertStoreItems = insertRows<OrderLine>("orders.insert_store_items", "orders.order_items", {
  ...itemColumns,
  tax_included_minor: ["bigint", (line) => line.taxIncludedMinor ?? 0n],
  provider_id: ["text", (line) => line.providerId ?? "own"],
});

/** An origin as it is kept, with what the source calls the customer. */
export interface OriginRow extends Origin {
  readonly orderId: bigint;
  readonly customerReference: string | null;
}

const orderColumns = `order_id, uid, customer_id, customer_email, customer_name, locale, currency, status, items_minor,
         discount_minor, tax_minor, tax_included_minor, shipping_minor, total_minor, captured_minor, refunding_minor, refunded_minor,
         charged_back_minor, attempts, refunds, last_sequence, expires_at, pay_until, notify, cart_id,
         created_at, updated_at`;

/**
 * Holds the rows until the transaction ends, in ascending order, so that two sets cannot wait for each other.
 * Every verb that changes orders takes this first; what belongs to an order is only changed under its row.
 */
export const lockOrders = many<Tx, { orderIds: bigint[] }, Order>(
  "orders.lock_orders",
  `
  select ${orderColumns}
    from orders.orders
   where order_id = any(:orderIds::bigint[])
   order by order_id
     for update`,
);

/** Writes orders as they were decided under their locks. */
export const updateOrders = change<
  Tx,
  {
    orderIds: bigint[];
    statuses: string[];
    capturedMinors: bigint[];
    refundingMinors: bigint[];
    refundedMinors: bigint[];
    chargedBackMinors: bigint[];
    attempts: number[];
    refunds: number[];
    lastSequences: number[];
    expiresAts: (Date | null)[];
    updatedAts: Date[];
  }
>(
  "orders.update_orders",
  `
  update orders.orders as held
     set status = given.status, captured_minor = given.captured_minor, refunding_minor = given.refunding_minor,
         refunded_minor = given.refunded_minor, charged_back_minor = given.charged_back_minor,
         attempts = given.attempts, refunds = given.refunds, last_sequence = given.last_sequence,
         expires_at = given.expires_at, updated_at = given.updated_at
    from unnest(:orderIds::bigint[], :statuses::text[], :capturedMinors::bigint[], :refundingMinors::bigint[],
                :refundedMinors::bigint[], :chargedBackMinors::bigint[], :attempts::int[], :refunds::int[],
                :lastSequences::int[], :expiresAts::timestamptz[], :updatedAts::timestamptz[])
      as given(order_id, status, captured_minor, refunding_minor, refunded_minor, charged_back_minor, attempts,
               refunds, last_sequence, expires_at, updated_at)
   where held.order_id = given.order_id`,
);

export const findOrders = many<Sql, { orderIds: bigint[] }, Order>(
  "orders.find_orders",
  `
  select ${orderColumns}
    from orders.orders
   where order_id = any(:orderIds::bigint[])
   order by order_id`,
);

export const findItems = many<Sql, { orderIds: bigint[] }, OrderItem & { orderId: bigint }>(
  "orders.find_items",
  `
  select order_id, line, sku, product_name, quantity, unit_price_minor, discount_minor, tax_minor, line_total_minor,
         tax_included_minor, provider_id
    from orders.order_items
   where order_id = any(:orderIds::bigint[])
   order by order_id, line`,
);

export const findOrderIdByUid = maybeOne<Sql, { uid: string }, { orderId: bigint }>(
  "orders.find_order_id_by_uid",
  "select order_id from orders.orders where uid = :uid::uuid",
);

/** v1 pages by offset, since its contract does; the index alone is walked to find the page. */
export const listOrderIds = many<Sql, { skip: number; limit: number }, { orderId: bigint }>(
  "orders.list_order_ids",
  "select order_id from orders.orders order by order_id desc offset :skip::bigint limit :limit::bigint",
);

/** Counts as far as a person would page; past that the planner's estimate stands for the count. */
export const countOrders = one<Sql, { most: number }, { counted: bigint; estimated: bigint }>(
  "orders.count_orders",
  `
  select (select count(*) from (select 1 from orders.orders limit :most::bigint) as seen) as counted,
         (select greatest(reltuples, 0)::bigint from pg_class where oid = 'orders.orders'::regclass) as estimated`,
);

export const listExpiredOrderIds = many<Sql, { now: Date; limit: number }, { orderId: bigint }>(
  "orders.list_expired_order_ids",
  "select order_id from orders.orders where expires_at <= :now order by expires_at limit :limit",
);

/** Where orders came from, for those who show it: what moves orders and v1 need none of it. */
export const findOrigins = many<Sql, { orderIds: bigint[] }, OriginRow>(
  "orders.find_origins",
  `
  select order_id, source, external_reference, import_id, import_row, csv_source, batch_id, ordered_at,
         customer_reference
    from orders.orders
   where order_id = any(:orderIds::bigint[])`,
);

/** Which orders have these references, each asked for together with its source. */
export const findOrdersByReference = many<
  Sql,
  { sources: string[]; references: string[] },
  { source: string; reference: string; orderId: bigint; uid: string }
>(
  "orders.find_orders_by_reference",
  `
  select held.source, held.external_reference as reference, held.order_id, held.uid
    from (select distinct source, reference
            from unnest(:sources::text[], :references::text[]) as given(source, reference)) as asked
    join orders.orders as held on held.external_reference = asked.reference and held.source = asked.source
   where held.external_reference is not null`,
);

/**
 * Which orders stand between two UUIDs: those that share all digits but the last four with one that is asked for.
 * Attempts and events are named by the digits that they share.
 */
export const findOrdersByUidRange = many<Sql, { lows: string[]; highs: string[] }, { orderId: bigint; uid: string }>(
  "orders.find_orders_by_uid_range",
  `
  select held.order_id, held.uid
    from unnest(:lows::uuid[], :highs::uuid[]) as asked(low, high)
    join orders.orders as held on held.uid between asked.low and asked.high`,
);
