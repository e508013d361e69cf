import type { Sql, Tx } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import { type Page, type PageWanted, pageByUuid } from "../platform/page-by-id.ts";
import { productNotFound } from "./catalog-errors.ts";
import type { Product } from "./product.ts";
import {
  findProductById,
  findProductByKey,
  listProducts,
  lockProductById,
  lockProductByKey,
  type ProductFilter,
} from "./product-queries.ts";

/**
 * Products, newest first.
 * @throws list.cursor_unknown
 */
export function findProducts(sql: Sql, filter: ProductFilter, wanted: PageWanted): Promise<Page<Product>> {
  return pageByUuid(
    wanted,
    (product) => product.productId,
    (page) => listProducts(sql, filter, page),
  );
}

/** A product by its UUID or its key; no key looks like a UUID. */
export function findProduct(sql: Sql, named: string): Promise<Product | undefined> {
  return isUuid(named) ? findProductById(sql, { productId: named }) : findProductByKey(sql, { key: named });
}

/**
 * A product by its UUID or its key.
 * @throws product.not_found
 */
export async function getProduct(sql: Sql, named: string): Promise<Product> {
  const product = await findProduct(sql, named);
  if (!product) throw productNotFound({ product: named });
  return product;
}

/**
 * A product by its UUID or its key, held until the transaction ends: what belongs to it changes under this lock.
 * @throws product.not_found
 */
export async function holdProduct(tx: Tx, named: string): Promise<Product> {
  const product = await (isUuid(named)
    ? lockProductById(tx, { productId: named })
    : lockProductByKey(tx, { key: named }));
  if (!product) throw productNotFound({ product: named });
  return product;
}
