import { type Static, Type } from "typebox";
import { mostPrices } from "./find-prices.ts";
import { mostTranslations } from "./find-translations.ts";
import { longestImageTitle, mostImages } from "./image.ts";
import { mostIntervalCount } from "./price.ts";
import { PriceDraft } from "./read-price-draft.ts";
import { ProductDraft } from "./read-product-draft.ts";
import { TaxRateDraft } from "./read-tax-rate-draft.ts";
import { TranslationDraft } from "./read-translation-draft.ts";

const longestPath = 500;
const longestTime = 40;

/** BOB's names of the intervals, with ours. */
export const setupIntervals = { ONE_OFF: "one_off", DAY: "day", WEEK: "week", MONTH: "month", YEAR: "year" } as const;
export type SetupInterval = keyof typeof setupIntervals;

const { key, sku, provider_id: provider, tax_code, shippable, consumable, active } = ProductDraft.properties;
const { unit_amount, currency } = PriceDraft.properties;
const { name, country, region, tax_code: taxed, inclusive } = TaxRateDraft.properties;

/** What is left out is told from what is said: no default is filled in. */
function optional<Schema extends { readonly default?: unknown }>({ default: _, ...schema }: Schema) {
  return Type.Optional(schema as unknown as Omit<Schema, "default">);
}

const PriceEntry = Type.Object(
  {
    interval: Type.Enum(Object.keys(setupIntervals) as SetupInterval[]),
    interval_count: Type.Optional(Type.Integer({ minimum: 1, maximum: mostIntervalCount })),
    unit_amount,
    currency: Type.Optional(currency),
  },
  { additionalProperties: false },
);

const ImageEntry = Type.Object(
  {
    image_path: Type.String({ minLength: 1, maxLength: longestPath }),
    title: Type.Optional(Type.String({ maxLength: longestImageTitle, pattern: "^\\P{Cc}*$" })),
  },
  { additionalProperties: false },
);

const members = {
  key,
  sku,
  provider: optional(provider),
  tax_code,
  shippable: optional(shippable),
  consumable: optional(consumable),
  active: optional(active),
  images: Type.Optional(Type.Array(ImageEntry, { maxItems: mostImages })),
  pricing: Type.Array(PriceEntry, { maxItems: mostPrices }),
  translation: Type.Record(Type.String(), TranslationDraft, { minProperties: 1, maxProperties: mostTranslations }),
};

/** An entry of `ONE_OFF_PRODUCTS_AVAILABLE`. */
export const ProductEntry = Type.Object(members, { additionalProperties: false });
export type ProductEntry = Static<typeof ProductEntry>;

/** An entry of `SUBSCRIPTIONS_AVAILABLE`: the same, with what there is to say of trials. */
export const SubscriptionEntry = Type.Object(
  {
    ...members,
    trial_period_days: Type.Optional(Type.Integer({ minimum: 0 })),
    amount_of_free_subscriptions: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type SubscriptionEntry = Static<typeof SubscriptionEntry>;

/** Decimals arrive as they were written. */
export const TaxRateEntry = Type.Object(
  {
    name,
    percentage: Type.Union([Type.Integer(), Type.String()]),
    country,
    region,
    tax_code: taxed,
    inclusive,
    valid_from: Type.Optional(Type.String({ maxLength: longestTime })),
    valid_until: Type.Optional(Type.Union([Type.String({ maxLength: longestTime }), Type.Null()])),
  },
  { additionalProperties: false },
);
export type TaxRateEntry = Static<typeof TaxRateEntry>;

/** The file, of whose lists each entry is looked at by itself: so all mistakes are told. */
export const SetupFile = Type.Object(
  {
    ONE_OFF_PRODUCTS_AVAILABLE: Type.Optional(Type.Array(Type.Unknown())),
    SUBSCRIPTIONS_AVAILABLE: Type.Optional(Type.Array(Type.Unknown())),
    ISO_ALPHA_3_CURRENCY_CODE: Type.Optional(currency),
    tax_rates: Type.Optional(Type.Array(Type.Unknown())),
  },
  { additionalProperties: false },
);
export type SetupFile = Static<typeof SetupFile>;
