import { createProduct } from "../../src/catalog/create-product.ts";
import type { Product } from "../../src/catalog/product.ts";
import type { Tx } from "../../src/platform/db.ts";
import { noon } from "./given-orders.ts";

export const operator = { actor: "cli", name: "operator command", requestId: null };

let made = 0;

/** A product to have pictures of, each time another one. */
export function givenShownProduct(tx: Tx): Promise<Product> {
  made += 1;
  const key = `shown-${process.pid}-${made}`;
  const fields = {
    key,
    sku: key,
    providerId: "own",
    taxCode: "food",
    shippable: true,
    consumable: false,
    active: true,
  };
  return createProduct(tx, { fields, by: operator }, noon);
}
