import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import type { Order, OrderItem } from "./order.ts";
import type { Origin } from "./origin.ts";

/** Draws ids for orders that will be placed. Those of a placing that fails are not used again. */
export const drawOrderIds = many<Sql, { count: number }, { orderId: bigint }>(
  "orders.draw_order_ids",
  "select nextval('orders.order_ids') as order_id from generate_series(1, :count::int)",
);

type OrderRows = {
  orderIds: bigint[];
  uids: string[];
  customerIds: string[];
  customerEmails: string[];
  customerNames: string[];
  locales: string[];
  currencies: string[];
  statuses: string[];
  itemsMinors: bigint[];
  discountMinors: bigint[];
  taxMinors: bigint[];
  shippingMinors: bigint[];
  totalMinors: bigint[];
  attempts: number[];
  lastSequences: number[];
  expiresAts: (Date | null)[];
  createdAts: Date[];
};

const placedColumns = `order_id, uid, customer_id, customer_email, customer_name, locale, currency, status, items_minor,
     discount_minor, tax_minor, shipping_minor, total_minor, attempts, last_sequence, expires_at, created_at`;

const placedArrays = `:orderIds::bigint[], :uids::uuid[], :customerIds::uuid[], :customerEmails::text[],
                :customerNames::text[], :locales::text[], :currencies::text[], :statuses::text[],
                :itemsMinors::bigint[], :discountMinors::bigint[], :taxMinors::bigint[], :shippingMinors::bigint[],
                :totalMinors::bigint[], :attempts::int[], :lastSequences::int[], :expiresAts::timestamptz[],
                :createdAts::timestamptz[]`;

export const insertOrders = change<Tx, OrderRows>(
  "orders.insert_orders",
  `
  insert into orders.orders
    (${placedColumns}, updated_at)
  select given.*, given.created_at
    from unnest(${placedArrays})
      as given(${placedColumns})`,
);

type OriginRows = {
  capturedMinors: bigint[];
  sources: (string | null)[];
  externalReferences: (string | null)[];
  importIds: (string | null)[];
  importRows: (number | null)[];
  csvSources: (string | null)[];
  batchIds: (string | null)[];
  orderedAts: (Date | null)[];
  customerReferences: (string | null)[];
  notifies: boolean[];
  payUntils: (Date | null)[];
  uidGivens: boolean[];
};

const originColumns = `captured_minor, source, external_reference, import_id, import_row, csv_source, batch_id,
     ordered_at, customer_reference, notify, pay_until, uid_given`;

/** As `insertOrders`, for orders that came from elsewhere: the many that did not pay nothing for these columns. */
export const insertOrdersWithOrigin = change<Tx, OrderRows & OriginRows>(
  "orders.insert_orders_with_origin",
  `
  insert into orders.orders
    (${placedColumns},
     ${originColumns}, updated_at)
  select given.*, given.created_at
    from unnest(${placedArrays}, :capturedMinors::bigint[], :sources::text[], :externalReferences::text[],
                :importIds::uuid[], :importRows::int[], :csvSources::text[], :batchIds::uuid[],
                :orderedAts::timestamptz[], :customerReferences::text[], :notifies::boolean[],
                :payUntils::timestamptz[], :uidGivens::boolean[])
      as given(${placedColumns},
               ${originColumns})`,
);

export const insertItems = change<
  Tx,
  {
    orderIds: bigint[];
    lines: number[];
    skus: string[];
    productNames: string[];
    quantities: bigint[];
    unitPriceMinors: bigint[];
    discountMinors: bigint[];
    taxMinors: bigint[];
    lineTotalMinors: bigint[];
  }
>(
  "orders.insert_items",
  `
  insert into orders.order_items
    (order_id, line, sku, product_name, quantity, unit_price_minor, discount_minor, tax_minor, line_total_minor)
  select given.*
    from unnest(:orderIds::bigint[], :lines::int[], :skus::text[], :productNames::text[], :quantities::bigint[],
                :unitPriceMinors::bigint[], :discountMinors::bigint[], :taxMinors::bigint[], :lineTotalMinors::bigint[])
      as given`,
);

/** An origin as it is kept, with what the source calls the customer. */
export interface OriginRow extends Origin {
  readonly orderId: bigint;
  readonly customerReference: string | null;
}

const orderColumns = `order_id, uid, customer_id, customer_email, customer_name, locale, currency, status, items_minor,
         discount_minor, tax_minor, shipping_minor, total_minor, captured_minor, refunding_minor, refunded_minor,
         charged_back_minor, attempts, refunds, last_sequence, expires_at, pay_until, notify, created_at, updated_at`;

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
  select order_id, line, sku, product_name, quantity, unit_price_minor, discount_minor, tax_minor, line_total_minor
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
