import type { Sql, Tx } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import { type Page, type PageWanted, pageByUuid } from "../platform/page-by-id.ts";
import { priceNotFound } from "./catalog-errors.ts";
import { getProduct, holdProduct } from "./find-products.ts";
import type { Price } from "./price.ts";
import { findPrice, listPrices, lockPrice } from "./price-queries.ts";

/** More amounts, in currencies and over time, than one product was ever sold for. */
export const mostPrices = 200;

/** A price and the product that it must be of. */
export interface PriceNamed {
  /** The product's UUID or key. */
  readonly product: string;
  readonly price: string;
}

/**
 * Prices of a product, newest first.
 * @throws product.not_found, list.cursor_unknown
 */
export async function findPrices(sql: Sql, product: string, wanted: PageWanted): Promise<Page<Price>> {
  const { productId } = await getProduct(sql, product);
  return pageByUuid(
    wanted,
    (price) => price.priceId,
    (page) => listPrices(sql, { productId, ...page }),
  );
}

/**
 * A price of a product.
 * @throws product.not_found, price.not_found
 */
export async function getPrice(sql: Sql, { product, price: named }: PriceNamed): Promise<Price> {
  const { productId } = await getProduct(sql, product);
  const price = isUuid(named) ? await findPrice(sql, { productId, priceId: named }) : undefined;
  if (!price) throw priceNotFound({ price: named });
  return price;
}

/**
 * A price of a product, both held until the transaction ends: a checkout that sells it comes before or after.
 *
 * Locks the product, then the price.
 * @throws product.not_found, price.not_found
 */
export async function holdPrice(tx: Tx, { product, price: named }: PriceNamed): Promise<Price> {
  const { productId } = await holdProduct(tx, product);
  const price = isUuid(named) ? await lockPrice(tx, { productId, priceId: named }) : undefined;
  if (!price) throw priceNotFound({ price: named });
  return price;
}
