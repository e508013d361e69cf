import { type Static, Type } from "typebox";
import { minor } from "../http/minor-view.ts";
import { type Price, priceIntervals } from "./price.ts";
import type { Product } from "./product.ts";
import type { Translation } from "./translation.ts";

const Time = Type.String({ format: "date-time" });
const OpenTime = Type.Union([Time, Type.Null()], { examples: [null] });
const NextCursor = Type.Union([Type.String(), Type.Null()], {
  description: "Null on the last page.",
  examples: [null],
});
const uuid = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";
const Id = Type.String({ format: "uuid", examples: [uuid] });

export const ProductView = Type.Object(
  {
    id: Id,
    key: Type.String({ examples: ["sencha-100g"] }),
    sku: Type.String({ examples: ["TEA-SENCHA-100"] }),
    provider_id: Type.String({ description: "Who makes or ships it; `own` is the merchant.", examples: ["own"] }),
    tax_code: Type.String({ examples: ["food"] }),
    shippable: Type.Boolean({ examples: [true] }),
    consumable: Type.Boolean({ examples: [false] }),
    active: Type.Boolean({ examples: [true] }),
    created_at: Time,
    updated_at: Time,
  },
  { title: "Product" },
);
export type ProductView = Static<typeof ProductView>;

export const ProductListView = Type.Object(
  { data: Type.Array(ProductView), next_cursor: NextCursor },
  { title: "ProductPage" },
);

export function productView(product: Product): ProductView {
  return {
    id: product.productId,
    key: product.key,
    sku: product.sku,
    provider_id: product.providerId,
    tax_code: product.taxCode,
    shippable: product.shippable,
    consumable: product.consumable,
    active: product.active,
    created_at: product.createdAt.toISOString(),
    updated_at: product.updatedAt.toISOString(),
  };
}

export const IntervalView = Type.Enum([...priceIntervals], {
  title: "PriceInterval",
  description: "`one_off` is paid once, everything else again in each interval.",
  examples: ["one_off"],
});

export const PriceView = Type.Object(
  {
    id: Id,
    product_id: Id,
    unit_amount: minor(1200),
    currency: Type.String({ description: "ISO 4217.", examples: ["JPY"] }),
    interval: IntervalView,
    interval_count: Type.Integer({ examples: [1] }),
    active: Type.Boolean({ examples: [true] }),
    valid_from: OpenTime,
    valid_until: OpenTime,
    created_at: Time,
    updated_at: Time,
  },
  { title: "Price" },
);
export type PriceView = Static<typeof PriceView>;

export const PriceListView = Type.Object(
  { data: Type.Array(PriceView), next_cursor: NextCursor },
  { title: "PricePage" },
);

export function priceView(price: Price): PriceView {
  return {
    id: price.priceId,
    product_id: price.productId,
    unit_amount: price.unitAmountMinor,
    currency: price.currency,
    interval: price.interval,
    interval_count: price.intervalCount,
    active: price.active,
    valid_from: price.validFrom?.toISOString() ?? null,
    valid_until: price.validUntil?.toISOString() ?? null,
    created_at: price.createdAt.toISOString(),
    updated_at: price.updatedAt.toISOString(),
  };
}

export const TranslationView = Type.Object(
  {
    language: Type.String({ description: "A tag of BCP 47.", examples: ["ja"] }),
    name: Type.String({ examples: ["煎茶 100g"] }),
    checkout_description: Type.String({ examples: ["宇治の一番茶"] }),
    description: Type.String({ examples: ["宇治の茶園で春に摘んだ一番茶です。"] }),
    statement_descriptor: Type.String({ examples: ["ORDERWELL TEA"] }),
  },
  { title: "Translation" },
);
export type TranslationView = Static<typeof TranslationView>;

export const TranslationListView = Type.Object(
  { data: Type.Array(TranslationView), next_cursor: NextCursor },
  { title: "TranslationList" },
);

export function translationView(translation: Translation): TranslationView {
  return {
    language: translation.language,
    name: translation.name,
    checkout_description: translation.checkoutDescription,
    description: translation.description,
    statement_descriptor: translation.statementDescriptor,
  };
}
