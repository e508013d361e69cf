import type { Product } from "../../src/catalog/product.ts";
import type { Tx } from "../../src/platform/db.ts";
import { givenProduct } from "./given-products.ts";

export const operator = { actor: "cli", name: "operator command", requestId: null };

let made = 0;

/** A product to have pictures of, each time another one. */
export function givenShownProduct(tx: Tx): Promise<Product> {
  made += 1;
  return givenProduct(tx, { key: `shown-${made}` });
}
