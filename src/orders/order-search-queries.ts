import { change, many, one, type Sql, type Tx } from "../platform/db.ts";

/** As far as the feed is indexed. */
export const findSearchMark = one<Sql, Record<never, never>, { position: bigint }>(
  "orders.find_search_mark",
  "select position from orders.search_mark",
);

/** Moves the mark on from where it was found, and holds it until the transaction ends; of two at once one changes nothing. */
export const moveSearchMark = change<Tx, { from: bigint; to: bigint }>(
  "orders.move_search_mark",
  "update orders.search_mark set position = :to where position = :from",
);

/** What is indexed of an order beside its items. */
export interface SearchedOrder {
  readonly orderId: bigint;
  readonly currency: string;
  readonly customerEmail: string;
  readonly customerName: string;
  readonly customerReference: string | null;
  readonly externalReference: string | null;
  readonly source: string | null;
  readonly csvSource: string | null;
}

export const findSearchedOrders = many<Sql, { orderIds: bigint[] }, SearchedOrder>(
  "orders.find_searched_orders",
  `
  select order_id, currency, customer_email, customer_name, customer_reference, external_reference, source,
         csv_source
    from orders.orders
   where order_id = any(:orderIds::bigint[])`,
);

export const findSearchedItems = many<
  Sql,
  { orderIds: bigint[] },
  { orderId: bigint; skus: string[]; productNames: string[] }
>(
  "orders.find_searched_items",
  `
  select order_id, array_agg(sku order by line) as skus, array_agg(product_name order by line) as product_names
    from orders.order_items
   where order_id = any(:orderIds::bigint[])
   group by order_id`,
);

/**
 * What else the search knows of an order is taken from it here: our times have milliseconds, the database's microseconds.
 * Words travel as one text with spaces between them: an array of arrays would have to be as wide as the longest.
 */
export const insertSearched = change<Tx, { orderIds: bigint[]; words: string[] }>(
  "orders.insert_searched",
  `
  insert into orders.order_search (order_id, created_at, currency, total_minor, words)
  select held.order_id, held.created_at, held.currency, held.total_minor,
         array_to_tsvector(string_to_array(given.words, ' '))
    from unnest(:orderIds::bigint[], :words::text[]) as given(order_id, words)
    join orders.orders as held on held.order_id = given.order_id
      on conflict (order_id) do nothing`,
);
