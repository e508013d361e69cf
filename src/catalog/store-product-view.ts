import { type Static, Type } from "typebox";
import { minor } from "../http/minor-view.ts";
import { StoreImageView, storeImageView } from "./image-view.ts";
import { IntervalView } from "./product-view.ts";
import { type ShownPrice, type ShownProduct, withFirst } from "./showing.ts";
import { percentageOf, type TaxRate, taxOn, taxRateFor } from "./taxation.ts";
import { translationFor } from "./translation.ts";

const StoreTaxView = Type.Object(
  {
    name: Type.String({ examples: ["消費税 8%"] }),
    percentage: Type.Number({ examples: [8] }),
    inclusive: Type.Boolean({ description: "Whether the amount has it in it.", examples: [true] }),
    tax_amount: minor(89),
    amount_without_tax: minor(1111),
    amount_with_tax: minor(1200),
  },
  { title: "StoreTax" },
);

const StorePriceView = Type.Object(
  {
    pricing_id: Type.String({
      format: "uuid",
      description: "What the cart takes.",
      examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"],
    }),
    unit_amount: minor(1200),
    currency: Type.String({ description: "ISO 4217.", examples: ["JPY"] }),
    interval: IntervalView,
    interval_count: Type.Integer({ description: "How many intervals lie between two payments.", examples: [1] }),
    valid_until: Type.Union([Type.String({ format: "date-time" }), Type.Null()], { examples: [null] }),
    tax: Type.Union([StoreTaxView, Type.Null()], {
      description:
        "The tax on one where it is shown for; null where none is known. The cart's lines are taxed as wholes.",
    }),
  },
  { title: "StorePrice" },
);
export type StorePriceView = Static<typeof StorePriceView>;

/** A product as shoppers see it. */
export const StoreProductView = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    key: Type.String({ examples: ["sencha-100g"] }),
    language: Type.Union([Type.String(), Type.Null()], {
      description: "The language of its words; null for a product that has none and shows its key.",
      examples: ["ja"],
    }),
    name: Type.String({ examples: ["煎茶 100g"] }),
    checkout_description: Type.String({ examples: ["宇治の一番茶"] }),
    description: Type.String({ examples: ["宇治の茶園で春に摘んだ一番茶です。"] }),
    provider_id: Type.String({ description: "Who makes or ships it; `own` is the merchant.", examples: ["own"] }),
    shippable: Type.Boolean({ examples: [true] }),
    consumable: Type.Boolean({ examples: [false] }),
    availability: Type.Enum(["available", "unavailable"], {
      title: "Availability",
      description: "`unavailable`: it has no price just now.",
      examples: ["available"],
    }),
    prices: Type.Array(StorePriceView),
    images: Type.Array(StoreImageView, { description: "The primary one first." }),
  },
  { title: "StoreProduct" },
);
export type StoreProductView = Static<typeof StoreProductView>;

export const StoreProductListView = Type.Object(
  {
    data: Type.Array(StoreProductView),
    page: Type.Integer({ examples: [1] }),
    page_size: Type.Integer({ examples: [20] }),
    total: Type.Integer({ description: "On all pages; counted to 10,000.", examples: [1] }),
  },
  { title: "StoreProductPage" },
);
export type StoreProductListView = Static<typeof StoreProductListView>;

/** For whom a product is shown. */
export interface Viewer {
  /** The most liked first. */
  readonly languages: readonly string[];
  readonly currency: string;
  /** Those in force where the viewer is. */
  readonly rates: readonly TaxRate[];
  readonly region: string | null;
}

function storePriceView(price: ShownPrice, rate: TaxRate | undefined): StorePriceView {
  return {
    pricing_id: price.priceId,
    unit_amount: price.unitAmountMinor,
    currency: price.currency,
    interval: price.interval,
    interval_count: price.intervalCount,
    valid_until: price.validUntil?.toISOString() ?? null,
    tax: rate === undefined ? null : storeTaxView(price, rate),
  };
}

function storeTaxView({ unitAmountMinor }: ShownPrice, rate: TaxRate): StorePriceView["tax"] {
  const { taxMinor, withoutTaxMinor, withTaxMinor } = taxOn(unitAmountMinor, rate);
  return {
    name: rate.name,
    percentage: percentageOf(rate),
    inclusive: rate.inclusive,
    tax_amount: taxMinor,
    amount_without_tax: withoutTaxMinor,
    amount_with_tax: withTaxMinor,
  };
}

/** A product with its prices in all currencies, those of the viewer's first. */
export function storeProductView(product: ShownProduct, viewer: Viewer): StoreProductView {
  const words = translationFor(product.translations, viewer.languages);
  const rate = taxRateFor(viewer.rates, { taxCode: product.taxCode, region: viewer.region });
  return {
    id: product.productId,
    key: product.key,
    language: words?.language ?? null,
    name: words?.name ?? product.key,
    checkout_description: words?.checkoutDescription ?? "",
    description: words?.description ?? "",
    provider_id: product.providerId,
    shippable: product.shippable,
    consumable: product.consumable,
    availability: product.prices.length > 0 ? "available" : "unavailable",
    prices: withFirst(product.prices, viewer.currency).map((price) => storePriceView(price, rate)),
    images: product.images.map(storeImageView),
  };
}

/** A product as lists show it: with its prices in the viewer's currency alone. */
export function listedProductView(product: ShownProduct, viewer: Viewer): StoreProductView {
  const prices = product.prices.filter(({ currency }) => currency === viewer.currency);
  return storeProductView({ ...product, prices }, viewer);
}
