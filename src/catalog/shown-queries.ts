import { many, maybeOne, one, type Sql } from "../platform/db.ts";
import type { ShownRow } from "./showing.ts";

const columns = "product_id, key, provider_id, tax_code, shippable, consumable";

const isValid = `prices.active
           and coalesce(prices.valid_from <= :at, true)
           and coalesce(:at < prices.valid_until, true)`;

/** Products with all that is shown of them, in one statement: nobody sees half of a change. */
function shown(products: string): string {
  return `
  select sold.*, prices.prices, words.translations, images.images
    from (${products}) as sold
   cross join lateral (
         select coalesce(json_agg(json_build_object(
                  'priceId', price_id, 'unitAmountMinor', unit_amount_minor::text, 'currency', currency,
                  'interval', interval, 'intervalCount', interval_count, 'validUntil', valid_until) order by price_id),
                '[]') as prices
           from catalog.prices
          where prices.product_id = sold.product_id
            and ${isValid}) as prices
   cross join lateral (
         select coalesce(json_agg(json_build_object(
                  'language', language, 'name', name, 'checkoutDescription', checkout_description,
                  'description', description, 'statementDescriptor', statement_descriptor) order by language),
                '[]') as translations
           from catalog.product_translations
          where product_translations.product_id = sold.product_id) as words
   cross join lateral (
         select coalesce(json_agg(json_build_object(
                  'imageId', image_id, 'title', title, 'width', width, 'height', height,
                  'thumbnailWidths', thumbnail_widths) order by sort_order, image_id),
                '[]') as images
           from catalog.product_images
          where product_images.product_id = sold.product_id) as images`;
}

/** A product that is sold, by its key. */
export const findShown = maybeOne<Sql, { key: string; at: Date }, ShownRow>(
  "catalog.find_shown",
  shown(`
         select ${columns}
           from catalog.products
          where key = :key
            and active`),
);

const soldInCurrency = `
           from catalog.products
          where products.active
            and exists (select
                          from catalog.prices
                         where prices.product_id = products.product_id
                           and prices.currency = :currency
                           and ${isValid})`;

/** Products that are sold in a currency, the oldest first, so that a new one moves no page. */
export const listShown = many<Sql, { currency: string; at: Date; skip: number; limit: number }, ShownRow>(
  "catalog.list_shown",
  `${shown(`
         select ${columns}${soldInCurrency}
          order by product_id
         offset :skip::bigint
          limit :limit`)}
   order by sold.product_id`,
);

/** How many products are sold in a currency, counted as far as a limit. */
export const countShown = one<Sql, { currency: string; at: Date; most: number }, { count: number }>(
  "catalog.count_shown",
  `
  select count(*)::int as count
    from (select ${soldInCurrency}
          limit :most) as sold`,
);

/** How often the catalogue was changed, and the next moment at which a price or a tax rate begins or ends by itself. */
export const findVersion = one<Sql, { at: Date }, { number: bigint; nextBorder: Date | null }>(
  "catalog.find_version",
  `
  select number,
         least((select min(valid_from) from catalog.prices where valid_from > :at),
               (select min(valid_until) from catalog.prices where valid_until > :at),
               (select min(valid_from) from catalog.tax_rates where valid_from > :at),
               (select min(valid_until) from catalog.tax_rates where valid_until > :at)) as next_border
    from catalog.version`,
);
