import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { holdProduct } from "./find-products.ts";
import { deleteProductRow } from "./product-queries.ts";

/**
 * Takes a product away with its prices, words and pictures, and keeps in the audit who did so. Carts that have it see it
 * as withdrawn; orders keep what they froze.
 *
 * Locks the product.
 * @throws product.not_found
 */
export async function deleteProduct(
  tx: Tx,
  { product: named, by }: { product: string; by: Doer },
  now: Date,
): Promise<void> {
  const { productId, key, sku } = await holdProduct(tx, named);
  await deleteProductRow(tx, { productId });
  await recordAction(tx, { by, action: "product.deleted", subject: `product/${productId}`, detail: { key, sku } }, now);
}
