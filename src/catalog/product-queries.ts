import { change, maybeOne, type Sql, type Tx } from "../platform/db.ts";
import { manyBy } from "../platform/filter-rows.ts";
import type { Product, ProductFields } from "./product.ts";

const columns = "product_id, key, sku, provider_id, tax_code, shippable, consumable, active, created_at, updated_at";

type Fields = { [Name in keyof ProductFields]: ProductFields[Name] };

export const insertProduct = change<Tx, Fields & { productId: string; now: Date }>(
  "catalog.insert_product",
  `
  insert into catalog.products (${columns})
  values (:productId::uuid, :key, :sku, :providerId, :taxCode, :shippable, :consumable, :active, :now, :now)`,
);

export const setProduct = change<Tx, Fields & { productId: string; now: Date }>(
  "catalog.set_product",
  `
  update catalog.products
     set key = :key, sku = :sku, provider_id = :providerId, tax_code = :taxCode, shippable = :shippable,
         consumable = :consumable, active = :active, updated_at = :now
   where product_id = :productId::uuid`,
);

/** Takes a product away, with its prices, words and pictures. */
export const deleteProductRow = change<Tx, { productId: string }>(
  "catalog.delete_product",
  "delete from catalog.products where product_id = :productId::uuid",
);

export const findProductById = maybeOne<Sql, { productId: string }, Product>(
  "catalog.find_product_by_id",
  `
  select ${columns}
    from catalog.products
   where product_id = :productId::uuid`,
);

export const findProductByKey = maybeOne<Sql, { key: string }, Product>(
  "catalog.find_product_by_key",
  `
  select ${columns}
    from catalog.products
   where key = :key`,
);

/** Holds the product until the transaction ends: whoever writes it or anything of it takes this first. */
export const lockProductById = maybeOne<Tx, { productId: string }, Product>(
  "catalog.lock_product_by_id",
  `
  select ${columns}
    from catalog.products
   where product_id = :productId::uuid
     for update`,
);

/** As `lockProductById`. */
export const lockProductByKey = maybeOne<Tx, { key: string }, Product>(
  "catalog.lock_product_by_key",
  `
  select ${columns}
    from catalog.products
   where key = :key
     for update`,
);

/** Who has this key or this SKU, but for one product; two when each has one. */
export const findProductTaken = maybeOne<
  Sql,
  { key: string; sku: string; productId: string },
  { keyTaken: boolean; skuTaken: boolean }
>(
  "catalog.find_product_taken",
  `
  select exists (select from catalog.products where key = :key and product_id <> :productId::uuid) as key_taken,
         exists (select from catalog.products where sku = :sku and product_id <> :productId::uuid) as sku_taken`,
);

/** Values by which products can be asked for. */
export type ProductFilter = {
  active?: boolean | undefined;
  provider?: string | undefined;
  keyPrefix?: string | undefined;
};

/** Products, newest first. */
export const listProducts = manyBy<ProductFilter, Product, string>(
  "catalog.list_products",
  { active: "active = :active", provider: "provider_id = :provider", keyPrefix: "starts_with(key, :keyPrefix)" },
  (conditions) => `
  select ${columns}
    from catalog.products
   where product_id < :before::uuid${conditions}
   order by product_id desc
   limit :limit`,
);
