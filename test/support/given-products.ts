import { createPrice } from "../../src/catalog/create-price.ts";
import { createProduct } from "../../src/catalog/create-product.ts";
import { createTaxRate } from "../../src/catalog/create-tax-rate.ts";
import type { Price, PriceTerms } from "../../src/catalog/price.ts";
import type { Product, ProductFields } from "../../src/catalog/product.ts";
import { setTranslation } from "../../src/catalog/set-translation.ts";
import type { KeptTaxRate, TaxRate } from "../../src/catalog/taxation.ts";
import type { Translation } from "../../src/catalog/translation.ts";
import type { Tx } from "../../src/platform/db.ts";
import { uuidV7 } from "../../src/platform/ids.ts";
import { ask } from "./ask.ts";
import { noon } from "./given-orders.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };

export const tea: ProductFields = {
  key: "tea",
  sku: "TEA-1",
  providerId: "own",
  taxCode: "food",
  shippable: true,
  consumable: false,
  active: true,
};

/** A product; its SKU follows from its key. */
export function givenProduct(tx: Tx, wanted: Partial<ProductFields> = {}): Promise<Product> {
  const sku = `${(wanted.key ?? "tea").toUpperCase()}-1`;
  return createProduct(tx, { fields: { ...tea, sku, ...wanted }, by }, noon);
}

export const tenDollars: PriceTerms = {
  unitAmountMinor: 1000n,
  currency: "USD",
  interval: "one_off",
  intervalCount: 1,
  active: true,
  validFrom: null,
  validUntil: null,
};

export function givenPrice(tx: Tx, product: string, wanted: Partial<PriceTerms> = {}): Promise<Price> {
  return createPrice(tx, { product, terms: { ...tenDollars, ...wanted }, by }, noon);
}

export function wordsNamed(name: string): Omit<Translation, "language"> {
  return { name, checkoutDescription: `${name}, short`, description: `${name}, long`, statementDescriptor: "SHOP" };
}

export async function givenTranslation(tx: Tx, product: string, language: string, name: string): Promise<void> {
  await setTranslation(tx, { product, language, words: wordsNamed(name), by }, noon);
}

export const longAgo = new Date("2020-01-01T00:00:00.000Z");

export const tenPercent: Omit<TaxRate, "taxRateId"> = {
  name: "Tax",
  rateMillionths: 100_000,
  country: "US",
  region: null,
  taxCode: null,
  inclusive: false,
  validFrom: longAgo,
  validUntil: null,
};

export function givenTaxRate(tx: Tx, wanted: Partial<TaxRate> = {}): Promise<KeptTaxRate> {
  return createTaxRate(tx, { rate: { ...tenPercent, ...wanted }, by }, noon);
}

/** The row of an image, without files; answers its id. */
export async function givenImageRow(
  tx: Tx,
  productId: string,
  { title = "Tea", sortOrder = 0 }: { title?: string; sortOrder?: number } = {},
): Promise<string> {
  const imageId = uuidV7(noon);
  await ask(
    tx,
    `insert into catalog.product_images (image_id, product_id, title, sort_order, media_type, bytes, width, height,
                                         content_hash, thumbnail_widths, created_at)
     values ($1::uuid, $2::uuid, $3, $4::int, 'image/webp', 1, 800, 600, $1, '{320,160}', $5::timestamptz)`,
    [imageId, productId, title, sortOrder, noon],
  );
  return imageId;
}
