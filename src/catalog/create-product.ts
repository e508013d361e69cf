import { type Doer, recordAction } from "../audit/index.ts";
import type { Sql, Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { declareRaces } from "../platform/races.ts";
import { productInvalid, productKeyTaken, productSkuTaken } from "./catalog-errors.ts";
import { type Product, type ProductFields, productFaults } from "./product.ts";
import { findProductTaken, insertProduct } from "./product-queries.ts";

declareRaces(["products_key_once", "products_sku_once"]);

export interface CreateProduct {
  readonly fields: ProductFields;
  readonly by: Doer;
}

/**
 * Writes a new product, which has neither words nor prices yet, and keeps in the audit who did so.
 *
 * Two at once with one key: one is refused.
 * @throws product.invalid, product.key_taken, product.sku_taken
 */
export async function createProduct(tx: Tx, { fields, by }: CreateProduct, now: Date): Promise<Product> {
  const product = { productId: uuidV7(now), ...fields, createdAt: now, updatedAt: now };
  await assertProduct(tx, product);
  const { productId } = product;
  await insertProduct(tx, { ...fields, productId, now });
  await recordAction(tx, { by, action: "product.created", subject: `product/${productId}`, detail: fields }, now);
  return product;
}

/**
 * Makes sure that a product may be as it is, beside the others.
 * @throws product.invalid, product.key_taken, product.sku_taken
 */
export async function assertProduct(sql: Sql, product: ProductFields & { productId: string }): Promise<void> {
  const faults = productFaults(product);
  if (faults.length > 0) throw productInvalid({}, { faults });
  const { key, sku, productId } = product;
  const taken = await findProductTaken(sql, { key, sku, productId });
  if (taken?.keyTaken) throw productKeyTaken({ key });
  if (taken?.skuTaken) throw productSkuTaken({ sku });
}
