import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import type { Price, PriceTerms } from "./price.ts";

const columns = `price_id, product_id, unit_amount_minor, currency, interval, interval_count, active, valid_from,
         valid_until, created_at, updated_at`;

type Terms = { [Name in keyof PriceTerms]: PriceTerms[Name] };

export const insertPrice = change<Tx, Terms & { priceId: string; productId: string; now: Date }>(
  "catalog.insert_price",
  `
  insert into catalog.prices (${columns})
  values (:priceId::uuid, :productId::uuid, :unitAmountMinor, :currency, :interval, :intervalCount, :active, :validFrom,
          :validUntil, :now, :now)`,
);

/** Currency and interval stay: they are what the price is. */
export const setPrice = change<
  Tx,
  Pick<Terms, "unitAmountMinor" | "active" | "validFrom" | "validUntil"> & { priceId: string; now: Date }
>(
  "catalog.set_price",
  `
  update catalog.prices
     set unit_amount_minor = :unitAmountMinor, active = :active, valid_from = :validFrom, valid_until = :validUntil,
         updated_at = :now
   where price_id = :priceId::uuid`,
);

export const deletePriceRow = change<Tx, { priceId: string }>(
  "catalog.delete_price",
  "delete from catalog.prices where price_id = :priceId::uuid",
);

export const findPrice = maybeOne<Sql, { productId: string; priceId: string }, Price>(
  "catalog.find_price",
  `
  select ${columns}
    from catalog.prices
   where price_id = :priceId::uuid and product_id = :productId::uuid`,
);

/** Holds the price until the transaction ends; its product is held already. */
export const lockPrice = maybeOne<Tx, { productId: string; priceId: string }, Price>(
  "catalog.lock_price",
  `
  select ${columns}
    from catalog.prices
   where price_id = :priceId::uuid and product_id = :productId::uuid
     for update`,
);

/** The prices of a product, newest first. */
export const listPrices = many<Sql, { productId: string; before: string; limit: number }, Price>(
  "catalog.list_prices",
  `
  select ${columns}
    from catalog.prices
   where product_id = :productId::uuid and price_id < :before::uuid
   order by price_id desc
   limit :limit`,
);

export const countPrices = one<Sql, { productId: string }, { count: number }>(
  "catalog.count_prices",
  "select count(*)::int as count from catalog.prices where product_id = :productId::uuid",
);
