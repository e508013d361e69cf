import type { Fault } from "../platform/errors.ts";
import type { ProductImage } from "./image.ts";
import type { Price } from "./price.ts";
import type { Product, ProductFields } from "./product.ts";
import type { SetupPrice, SetupProduct, SetupTaxRate } from "./setup.ts";
import type { KeptTaxRate, TaxRate } from "./taxation.ts";
import type { Translation } from "./translation.ts";

/** What became of one thing that a file describes, or no longer describes. */
export interface SetupStep {
  readonly what: "product" | "price" | "translation" | "image" | "tax_rate";
  /** The product's key; null for a tax rate. */
  readonly product: string | null;
  /** Which of its kind; empty for the product itself. */
  readonly name: string;
  readonly outcome: "created" | "changed" | "unchanged" | "deactivated" | "removed" | "left";
  /** What is otherwise, with what it was and what it is. */
  readonly changes: Readonly<Record<string, readonly unknown[]>>;
}

/** A picture of a file whose content is known. */
export interface PictureOfSetup {
  readonly path: string;
  readonly title: string;
  readonly contentHash: string;
  readonly pointer: string;
}

/** A product of a file with pictures whose content is known. */
export type WantedProduct = Omit<SetupProduct, "images"> & { readonly images: readonly PictureOfSetup[] | undefined };

/** What there is of all that a file describes. */
export interface KeptCatalogue {
  readonly products: readonly Product[];
  readonly prices: readonly Price[];
  readonly translations: readonly (Translation & { readonly productId: string })[];
  readonly images: readonly ProductImage[];
  readonly taxRates: readonly KeptTaxRate[];
  /** Who has the SKUs that are wanted. */
  readonly skus: readonly { readonly key: string; readonly sku: string }[];
}

/** What has to be written so that all is as a file describes it. New things of a product name it by its key. */
export interface SetupPlan {
  readonly newProducts: ProductFields[];
  readonly products: Product[];
  /** Products whose SKU another one gets. */
  readonly freedSkus: string[];
  readonly newPrices: { readonly key: string; readonly price: SetupPrice }[];
  readonly prices: Price[];
  readonly newTranslations: { readonly key: string; readonly words: Translation }[];
  readonly translations: (Translation & { readonly productId: string })[];
  readonly newImages: { readonly key: string; readonly picture: PictureOfSetup; readonly sortOrder: number }[];
  readonly images: ProductImage[];
  readonly goneImages: string[];
  readonly newTaxRates: SetupTaxRate[];
  readonly taxRates: TaxRate[];
  readonly steps: SetupStep[];
  readonly faults: Fault[];
}

export function emptyPlan(): SetupPlan {
  return {
    newProducts: [],
    products: [],
    freedSkus: [],
    newPrices: [],
    prices: [],
    newTranslations: [],
    translations: [],
    newImages: [],
    images: [],
    goneImages: [],
    newTaxRates: [],
    taxRates: [],
    steps: [],
    faults: [],
  };
}

/** How a thing is that was there before. */
export function outcomeOf(changes: SetupStep["changes"]): Pick<SetupStep, "outcome" | "changes"> {
  return { outcome: Object.keys(changes).length > 0 ? "changed" : "unchanged", changes };
}
