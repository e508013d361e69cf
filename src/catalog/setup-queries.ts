import { change, many, type Sql, type Tx } from "../platform/db.ts";
import { insertRows } from "../platform/insert-rows.ts";
import type { ProductImage } from "./image.ts";
import type { Price, PriceTerms } from "./price.ts";
import type { Product } from "./product.ts";
import type { KeptTaxRate, TaxRate } from "./taxation.ts";
import type { Translation } from "./translation.ts";

/** Of two that set up the catalogue at once, the second waits until the first has committed. */
export const lockSetup = change<Tx, Record<string, never>>(
  "catalog.lock_setup",
  "select pg_advisory_xact_lock(hashtextextended('setup of the catalogue', 0))",
);

/** Holds products until the transaction ends, in ascending order: whoever writes them or anything of them waits. */
export const lockSetupProducts = many<Tx, { keys: readonly string[] }, { productId: string }>(
  "catalog.lock_setup_products",
  `
  select product_id
    from catalog.products
   where key = any(:keys::text[])
   order by product_id
     for update`,
);

export const findSetupProducts = many<Sql, { keys: readonly string[] }, Product>(
  "catalog.find_setup_products",
  `
  select product_id, key, sku, provider_id, tax_code, shippable, consumable, active, created_at, updated_at
    from catalog.products
   where key = any(:keys::text[])
   order by product_id`,
);

/** Who has one of these SKUs. */
export const findSkuHolders = many<Sql, { skus: readonly string[] }, { key: string; sku: string }>(
  "catalog.find_sku_holders",
  `
  select key, sku
    from catalog.products
   where sku = any(:skus::text[])`,
);

/**
 * The products that are not among these, as far as a limit. As a difference of sets: compared one by one, ten thousand with
 * ten thousand take seconds.
 */
export const listOtherKeys = many<Sql, { keys: readonly string[]; limit: number }, { key: string }>(
  "catalog.list_other_keys",
  `
  select key
    from (select products.key
            from catalog.products
          except
          select given.key
            from unnest(:keys::text[]) as given (key)) as others
   order by key
   limit :limit`,
);

type OfProducts = { productIds: readonly string[] };

export const findSetupPrices = many<Sql, OfProducts, Price>(
  "catalog.find_setup_prices",
  `
  select price_id, product_id, unit_amount_minor, currency, interval, interval_count, active, valid_from, valid_until,
         created_at, updated_at
    from catalog.prices
   where product_id = any(:productIds::uuid[])
   order by price_id`,
);

export const findSetupTranslations = many<Sql, OfProducts, Translation & { productId: string }>(
  "catalog.find_setup_translations",
  `
  select product_id, language, name, checkout_description, description, statement_descriptor
    from catalog.product_translations
   where product_id = any(:productIds::uuid[])`,
);

export const findSetupImages = many<Sql, OfProducts, ProductImage>(
  "catalog.find_setup_images",
  `
  select image_id, product_id, title, sort_order, media_type, bytes, width, height, content_hash, thumbnail_widths,
         created_at
    from catalog.product_images
   where product_id = any(:productIds::uuid[])
   order by sort_order, image_id`,
);

export const findSetupTaxRates = many<Sql, { countries: readonly string[] }, KeptTaxRate>(
  "catalog.find_setup_tax_rates",
  `
  select tax_rate_id, name, rate_millionths, country, region, tax_code, inclusive, valid_from, valid_until, created_at,
         updated_at
    from catalog.tax_rates
   where country = any(:countries::text[])`,
);

/** Makes room for SKUs that pass from one product to another. */
export const freeSkus = change<Tx, { productIds: readonly string[] }>(
  "catalog.free_skus",
  `
  update catalog.products
     set sku = product_id::text
   where product_id = any(:productIds::uuid[])`,
);

type Columns<Row> = { readonly [Name in keyof Row]: readonly Row[Name][] };

type ProductColumns = Columns<Pick<Product, "sku" | "providerId" | "taxCode" | "shippable" | "consumable" | "active">>;

export const setProducts = change<Tx, ProductColumns & OfProducts & { now: Date }>(
  "catalog.set_products",
  `
  update catalog.products
     set sku = given.sku, provider_id = given.provider_id, tax_code = given.tax_code, shippable = given.shippable,
         consumable = given.consumable, active = given.active, updated_at = :now
    from unnest(:productIds::uuid[], :sku::text[], :providerId::text[], :taxCode::text[], :shippable::bool[],
                :consumable::bool[], :active::bool[])
         as given (product_id, sku, provider_id, tax_code, shippable, consumable, active)
   where products.product_id = given.product_id`,
);

export const setPrices = change<
  Tx,
  { priceIds: readonly string[]; amounts: readonly bigint[]; actives: readonly boolean[]; now: Date }
>(
  "catalog.set_prices",
  `
  update catalog.prices
     set unit_amount_minor = given.amount, active = given.active, updated_at = :now
    from unnest(:priceIds::uuid[], :amounts::bigint[], :actives::bool[]) as given (price_id, amount, active)
   where prices.price_id = given.price_id`,
);

export const setTranslations = change<Tx, Columns<Translation> & OfProducts>(
  "catalog.set_translations",
  `
  update catalog.product_translations
     set name = given.name, checkout_description = given.checkout_description, description = given.description,
         statement_descriptor = given.statement_descriptor
    from unnest(:productIds::uuid[], :language::text[], :name::text[], :checkoutDescription::text[],
                :description::text[], :statementDescriptor::text[])
         as given (product_id, language, name, checkout_description, description, statement_descriptor)
   where product_translations.product_id = given.product_id
     and product_translations.language = given.language`,
);

export const setImages = change<
  Tx,
  { imageIds: readonly string[]; titles: readonly string[]; sortOrders: readonly number[] }
>(
  "catalog.set_images",
  `
  update catalog.product_images
     set title = given.title, sort_order = given.sort_order
    from unnest(:imageIds::uuid[], :titles::text[], :sortOrders::int[]) as given (image_id, title, sort_order)
   where product_images.image_id = given.image_id`,
);

export const deleteImages = change<Tx, { imageIds: readonly string[] }>(
  "catalog.delete_images",
  "delete from catalog.product_images where image_id = any(:imageIds::uuid[])",
);

type New<Row> = Row & { readonly now: Date };

export const insertProducts = insertRows<New<Omit<Product, "createdAt" | "updatedAt">>>(
  "catalog.insert_products",
  "catalog.products",
  {
    product_id: ["uuid", ({ productId }) => productId],
    key: ["text", ({ key }) => key],
    sku: ["text", ({ sku }) => sku],
    provider_id: ["text", ({ providerId }) => providerId],
    tax_code: ["text", ({ taxCode }) => taxCode],
    shippable: ["bool", ({ shippable }) => shippable],
    consumable: ["bool", ({ consumable }) => consumable],
    active: ["bool", ({ active }) => active],
    created_at: ["timestamptz", ({ now }) => now],
    updated_at: ["timestamptz", ({ now }) => now],
  },
);

export const insertPrices = insertRows<
  New<Omit<PriceTerms, "validFrom" | "validUntil"> & { priceId: string; productId: string }>
>("catalog.insert_prices", "catalog.prices", {
  price_id: ["uuid", ({ priceId }) => priceId],
  product_id: ["uuid", ({ productId }) => productId],
  unit_amount_minor: ["bigint", ({ unitAmountMinor }) => unitAmountMinor],
  currency: ["text", ({ currency }) => currency],
  interval: ["text", ({ interval }) => interval],
  interval_count: ["int", ({ intervalCount }) => intervalCount],
  active: ["bool", ({ active }) => active],
  created_at: ["timestamptz", ({ now }) => now],
  updated_at: ["timestamptz", ({ now }) => now],
});

export const insertTranslations = insertRows<Translation & { productId: string }>(
  "catalog.insert_translations",
  "catalog.product_translations",
  {
    product_id: ["uuid", ({ productId }) => productId],
    language: ["text", ({ language }) => language],
    name: ["text", ({ name }) => name],
    checkout_description: ["text", ({ checkoutDescription }) => checkoutDescription],
    description: ["text", ({ description }) => description],
    statement_descriptor: ["text", ({ statementDescriptor }) => statementDescriptor],
  },
);

export const insertTaxRates = insertRows<New<TaxRate>>("catalog.insert_tax_rates", "catalog.tax_rates", {
  tax_rate_id: ["uuid", ({ taxRateId }) => taxRateId],
  name: ["text", ({ name }) => name],
  rate_millionths: ["int", ({ rateMillionths }) => rateMillionths],
  country: ["text", ({ country }) => country],
  region: ["text", ({ region }) => region],
  tax_code: ["text", ({ taxCode }) => taxCode],
  inclusive: ["bool", ({ inclusive }) => inclusive],
  valid_from: ["timestamptz", ({ validFrom }) => validFrom],
  valid_until: ["timestamptz", ({ validUntil }) => validUntil],
  created_at: ["timestamptz", ({ now }) => now],
  updated_at: ["timestamptz", ({ now }) => now],
});
