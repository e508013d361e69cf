import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { assertProduct } from "./create-product.ts";
import { differencesOf } from "./difference.ts";
import { holdProduct } from "./find-products.ts";
import type { Product, ProductFields } from "./product.ts";
import { setProduct } from "./product-queries.ts";

export interface ChangeProduct {
  /** The product's UUID or key. */
  readonly product: string;
  /** What shall be otherwise; the rest stays. */
  readonly change: Partial<ProductFields>;
  readonly by: Doer;
}

/**
 * Changes a product and keeps in the audit who did so, and what it was before.
 *
 * Locks the product. A change to what it is already changes nothing.
 * @throws product.not_found, product.invalid, product.key_taken, product.sku_taken
 */
export async function changeProduct(
  tx: Tx,
  { product: named, change, by }: ChangeProduct,
  now: Date,
): Promise<Product> {
  const before = await holdProduct(tx, named);
  const detail = differencesOf(before, { ...before, ...change });
  if (Object.keys(detail).length === 0) return before;
  const after = { ...before, ...change, updatedAt: now };
  await assertProduct(tx, after);
  const { createdAt: _, updatedAt: __, ...fields } = after;
  await setProduct(tx, { ...fields, now });
  await recordAction(tx, { by, action: "product.changed", subject: `product/${after.productId}`, detail }, now);
  return after;
}
