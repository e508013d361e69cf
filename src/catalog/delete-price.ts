import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { holdPrice, type PriceNamed } from "./find-prices.ts";
import { deletePriceRow } from "./price-queries.ts";

/**
 * Takes a price away and keeps in the audit who did so. Carts that have it see it as withdrawn.
 *
 * Locks the product, then the price.
 * @throws product.not_found, price.not_found
 */
export async function deletePrice(tx: Tx, { by, ...named }: PriceNamed & { by: Doer }, now: Date): Promise<void> {
  const { priceId, productId, currency, unitAmountMinor } = await holdPrice(tx, named);
  await deletePriceRow(tx, { priceId });
  const detail = { productId, currency, unitAmountMinor: unitAmountMinor.toString() };
  await recordAction(tx, { by, action: "price.deleted", subject: `price/${priceId}`, detail }, now);
}
