import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { priceInvalid, pricesTooMany } from "./catalog-errors.ts";
import { mostPrices } from "./find-prices.ts";
import { holdProduct } from "./find-products.ts";
import { type Price, type PriceTerms, priceFaults } from "./price.ts";
import { countPrices, insertPrice } from "./price-queries.ts";

export interface CreatePrice {
  /** The product's UUID or key. */
  readonly product: string;
  readonly terms: PriceTerms;
  readonly by: Doer;
}

/**
 * Gives a product another price and keeps in the audit who did so. Several may be valid at once, in one currency too.
 *
 * Locks the product.
 * @throws product.not_found, price.invalid, price.too_many
 */
export async function createPrice(tx: Tx, { product: named, terms, by }: CreatePrice, now: Date): Promise<Price> {
  const { productId } = await holdProduct(tx, named);
  assertPrice(terms);
  const { count } = await countPrices(tx, { productId });
  if (count >= mostPrices) throw pricesTooMany({ most: mostPrices });
  const priceId = uuidV7(now);
  await insertPrice(tx, { ...terms, priceId, productId, now });
  const detail = { productId, ...terms, unitAmountMinor: terms.unitAmountMinor.toString() };
  await recordAction(tx, { by, action: "price.created", subject: `price/${priceId}`, detail }, now);
  return { priceId, productId, ...terms, createdAt: now, updatedAt: now };
}

/** @throws price.invalid */
export function assertPrice(terms: PriceTerms): void {
  const faults = priceFaults(terms);
  if (faults.length > 0) throw priceInvalid({}, { faults });
}
