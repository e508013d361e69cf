import { many, maybeOne, type Sql } from "../platform/db.ts";
import type { Order } from "./order.ts";
import type { Origin } from "./origin.ts";

/** An order as lists show it. */
export interface ListedOrder
  extends Omit<Order, "attempts" | "refunds" | "lastSequence" | "payUntil" | "cartId" | "taxIncludedMinor">,
    Omit<Origin, "orderId"> {
  readonly customerReference: string | null;
  /** When it was placed, to the microsecond: lists go on behind it. */
  readonly createdKey: string;
}

export const orderSorts = ["date", "amount"] as const;
export type OrderSort = (typeof orderSorts)[number];
export const sortDirections = ["desc", "asc"] as const;
export type SortDirection = (typeof sortDirections)[number];

/** What orders have to be; null where anything is right. */
export type OrderConditions = {
  statuses: string[] | null;
  currency: string | null;
  amountMin: bigint | null;
  amountMax: bigint | null;
  createdFrom: Date | null;
  createdTo: Date | null;
  /** In small letters. */
  email: string | null;
  importId: string | null;
  batchId: string | null;
  source: string | null;
  externalReference: string | null;
  csvSource: string | null;
  /** A query of PostgreSQL over the words of an order, and the part of it by which orders are looked up. */
  words: string | null;
  tellingWords: string | null;
};

/** Between which keys of the sort the page lies, neither included. A date's key is a text that PostgreSQL reads. */
export type KeyRange = { lowKey: string; lowId: bigint; highKey: string; highId: bigint };

// The session's time zone has no say in it.
const dateKey = `to_char(orders.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const columns = `orders.order_id, orders.uid, orders.customer_id, orders.customer_email, orders.customer_name,
         orders.locale, orders.currency, orders.status, orders.items_minor, orders.discount_minor, orders.tax_minor,
         orders.shipping_minor, orders.total_minor, orders.captured_minor, orders.refunding_minor,
         orders.refunded_minor, orders.charged_back_minor, orders.expires_at, orders.created_at, orders.updated_at,
         orders.source, orders.external_reference, orders.import_id, orders.import_row, orders.csv_source,
         orders.batch_id, orders.ordered_at, orders.customer_reference, orders.notify, ${dateKey} as created_key`;

/**
 * They choose no plan: what a statement walks is in its name, and what is not asked for lets everything through. In a
 * case, since the planner would take so many conditions for so few rows that it sorts them (seen on an empty table, whose
 * plan stays while it grows). The words by a value, since it would look all of them up for an `exists` there.
 */
const conditions = `
       and case when (:statuses::text[] is null or orders.status = any(:statuses::text[]))
                 and (:currency::text is null or orders.currency = :currency::text)
                 and (:amountMin::bigint is null or orders.total_minor >= :amountMin::bigint)
                 and (:amountMax::bigint is null or orders.total_minor <= :amountMax::bigint)
                 and (:createdFrom::timestamptz is null or orders.created_at >= :createdFrom::timestamptz)
                 and (:createdTo::timestamptz is null or orders.created_at < :createdTo::timestamptz)
                 and (:email::text is null or lower(orders.customer_email) = :email::text)
                 and (:importId::uuid is null or orders.import_id = :importId::uuid)
                 and (:batchId::uuid is null or orders.batch_id = :batchId::uuid)
                 and (:source::text is null or orders.source = :source::text)
                 and (:externalReference::text is null or orders.external_reference = :externalReference::text)
                 and (:csvSource::text is null or orders.csv_source = :csvSource::text)
                 and (:words::text is null
                      or (select known.words @@ :words::text::tsquery
                            from orders.order_search as known
                           where known.order_id = orders.order_id))
                then true else false end`;

interface Sorted {
  readonly sort: OrderSort;
  readonly direction: SortDirection;
}

function keyOf(table: string, { sort }: Sorted): string {
  return sort === "date" ? `${table}.created_at` : `${table}.total_minor`;
}

function withinRange(table: string, sorted: Sorted, keyColumn = keyOf(table, sorted)): string {
  const type = sorted.sort === "date" ? "timestamptz" : "bigint";
  const key = `(${keyColumn}, ${table}.order_id)`;
  return `${key} > (:lowKey::text::${type}, :lowId::bigint) and ${key} < (:highKey::text::${type}, :highId::bigint)`;
}

function inOrder(table: string, sorted: Sorted): string {
  return `order by ${keyOf(table, sorted)} ${sorted.direction}, ${table}.order_id ${sorted.direction}`;
}

/** Orders that are reached by an equality, sorted if no index has them in order. */
function walk(equal: string, sorted: Sorted): string {
  return `
    select ${columns}
      from orders.orders
     where ${equal}${withinRange("orders", sorted)}${conditions}
     ${inOrder("orders", sorted)}
     limit :limit`;
}

/** As many walks as there are statuses to look for, each in the order of the index, merged. */
function walkStatuses(equal: string, sorted: Sorted): string {
  return `
    select found.*
      from unnest(:walked::text[]) as wanted(status)
     cross join lateral (${walk(`${equal}orders.status = wanted.status and `, sorted)}) as found
     ${inOrder("found", sorted)}
     limit :limit`;
}

/** What the search finds, put in order, and only as many orders read as the page needs. */
function walkSearch(equal: string, sorted: Sorted, keyColumn = keyOf("known", sorted)): string {
  return `
    select ${columns}
      from (select known.order_id, known.created_at, known.total_minor
              from orders.order_search as known
             where ${equal}${withinRange("known", sorted, keyColumn)}
             ${inOrder("known", sorted)}) as found
      join orders.orders as orders on orders.order_id = found.order_id
     where true${conditions}
     ${inOrder("found", sorted)}
     limit :limit`;
}

const byWords = "known.words @@ :terms::text::tsquery and ";
// Words find few: beside them the index of the amounts would be read from end to end, so its column is hidden from it.
const anyAmount = "known.total_minor + 0";
const byCurrency = "known.currency = :walkedCurrency::text and ";
const byAmounts = `${byCurrency}known.total_minor between :walkedMin::bigint and :walkedMax::bigint and `;

type Asked = OrderConditions & KeyRange & { limit: number };
type Listing<Driver> = (sql: Sql, params: Asked & Driver) => Promise<ListedOrder[]>;

/** Declares a list once for each sort and direction that it serves. */
function eachSort<Driver>(
  name: string,
  sorts: readonly OrderSort[],
  source: (sorted: Sorted) => string,
): (sorted: Sorted) => Listing<Driver> {
  const statements = new Map<string, Listing<Driver>>();
  for (const sort of sorts) {
    for (const direction of sortDirections) {
      const declared = many(`orders.list_${name}_by_${sort}_${direction}`, source({ sort, direction }));
      statements.set(`${sort} ${direction}`, declared as Listing<Driver>);
    }
  }
  return ({ sort, direction }) => statements.get(`${sort} ${direction}`) as Listing<Driver>;
}

type Nothing = Record<never, never>;

/** Every order there is, along the index of the dates. */
export const listAll = eachSort<Nothing>("all", ["date"], (sorted) => walk("", sorted));
export const listOfStatuses = eachSort<{ walked: string[] }>("of_statuses", ["date"], (sorted) =>
  walkStatuses("", sorted),
);
export const listOfImport = eachSort<{ walked: string[]; importId: string }>("of_import", orderSorts, (sorted) =>
  walkStatuses("orders.import_id = :importId::uuid and ", sorted),
);
export const listOfBatch = eachSort<{ batchId: string }>("of_batch", orderSorts, (sorted) =>
  walk("orders.batch_id = :batchId::uuid and ", sorted),
);
export const listOfReference = eachSort<{ externalReference: string }>("of_reference", orderSorts, (sorted) =>
  walk("orders.external_reference = :externalReference::text and ", sorted),
);
/** By the index of the words: right where few have them. */
export const listOfWords = eachSort<{ terms: string }>("of_words", orderSorts, (sorted) =>
  walkSearch(byWords, sorted, sorted.sort === "amount" ? anyAmount : undefined),
);
/** Along the index of the amounts. */
export const listOfCurrency = eachSort<{ walkedCurrency: string }>("of_currency", ["amount"], (sorted) =>
  walkSearch(byCurrency, sorted),
);
/** By the index of the amounts: right where few are between them. */
export const listOfAmounts = eachSort<{ walkedCurrency: string; walkedMin: bigint; walkedMax: bigint }>(
  "of_amounts",
  ["date"],
  (sorted) => walkSearch(byAmounts, sorted),
);

/** Where a walk of so many orders ends, read from the index alone; undefined when there are not so many. */
export type KeyFound = { key: string; orderId: bigint };
type Bound<Driver> = (sql: Sql, params: KeyRange & Driver & { skip: number }) => Promise<KeyFound | undefined>;

function eachDirection<Driver>(name: string, source: (direction: SortDirection) => string) {
  const statements = new Map(
    sortDirections.map((direction) => [
      direction,
      maybeOne(`orders.find_${name}_${direction}`, source(direction)) as Bound<Driver>,
    ]),
  );
  return (direction: SortDirection) => statements.get(direction) as Bound<Driver>;
}

export const findDateBehind = eachDirection<Nothing>("date_behind", (direction) => {
  const sorted = { sort: "date", direction } as const;
  return `
  select ${dateKey} as key, orders.order_id
    from orders.orders
   where ${withinRange("orders", sorted)}
   ${inOrder("orders", sorted)}
  offset :skip::bigint
   limit 1`;
});

export const findAmountBehind = eachDirection<{ walkedCurrency: string }>("amount_behind", (direction) => {
  const sorted = { sort: "amount", direction } as const;
  return `
  select known.total_minor::text as key, known.order_id
    from orders.order_search as known
   where ${byCurrency}${withinRange("known", sorted)}
   ${inOrder("known", sorted)}
  offset :skip::bigint
   limit 1`;
});
