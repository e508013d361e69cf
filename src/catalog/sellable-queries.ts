import { many, type Sql, type Tx } from "../platform/db.ts";
import type { Sellable } from "./sellable.ts";

/** Prices with what one must know to sell them; those that are not there are left out. */
export const listSellables = many<Sql, { priceIds: readonly string[]; at: Date }, Sellable>(
  "catalog.list_sellables",
  `
  select prices.price_id, prices.product_id, products.key as product_key, products.sku, products.provider_id,
         products.tax_code, products.shippable, products.consumable, prices.unit_amount_minor, prices.currency,
         prices.interval, prices.interval_count,
         products.active and prices.active and coalesce(prices.valid_from <= :at, true)
           and coalesce(:at < prices.valid_until, true) as sellable,
         words.translations, image.image_id, image.title as image_title
    from catalog.prices
    join catalog.products on products.product_id = prices.product_id
   cross join lateral (
         select coalesce(json_agg(json_build_object(
                  'language', language, 'name', name, 'checkoutDescription', checkout_description,
                  'description', description, 'statementDescriptor', statement_descriptor) order by language), '[]')
                as translations
           from catalog.product_translations
          where product_translations.product_id = prices.product_id) as words
    left join lateral (
         select image_id, title
           from catalog.product_images
          where product_images.product_id = prices.product_id
          order by sort_order, image_id
          limit 1) as image on true
   where prices.price_id = any(:priceIds::uuid[])`,
);

/** Holds the products of these prices against change until the transaction ends, in ascending order. */
export const lockSoldProducts = many<Tx, { priceIds: readonly string[] }, { productId: string }>(
  "catalog.lock_sold_products",
  `
  select product_id
    from catalog.products
   where product_id in (select product_id from catalog.prices where price_id = any(:priceIds::uuid[]))
   order by product_id
     for share`,
);

/** Holds these prices against change until the transaction ends, in ascending order. */
export const lockSoldPrices = many<Tx, { priceIds: readonly string[] }, { priceId: string }>(
  "catalog.lock_sold_prices",
  `
  select price_id
    from catalog.prices
   where price_id = any(:priceIds::uuid[])
   order by price_id
     for share`,
);
