import { type Static, Type } from "typebox";
import { type KeptTaxRate, percentageOf } from "./taxation.ts";

const Time = Type.String({ format: "date-time" });

export const TaxRateView = Type.Object(
  {
    id: Type.String({ format: "uuid", examples: ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"] }),
    name: Type.String({ examples: ["消費税 8%"] }),
    percentage: Type.Number({ examples: [8] }),
    country: Type.String({ examples: ["JP"] }),
    region: Type.Union([Type.String(), Type.Null()], { description: "Null: the whole country.", examples: [null] }),
    tax_code: Type.Union([Type.String(), Type.Null()], { description: "Null: whatever is sold.", examples: ["food"] }),
    inclusive: Type.Boolean({ examples: [true] }),
    valid_from: Time,
    valid_until: Type.Union([Time, Type.Null()], { examples: [null] }),
    created_at: Time,
    updated_at: Time,
  },
  { title: "TaxRate" },
);
export type TaxRateView = Static<typeof TaxRateView>;

export const TaxRateListView = Type.Object(
  {
    data: Type.Array(TaxRateView),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: "Null on the last page.", examples: [null] }),
  },
  { title: "TaxRatePage" },
);

export function taxRateView(rate: KeptTaxRate): TaxRateView {
  return {
    id: rate.taxRateId,
    name: rate.name,
    percentage: percentageOf(rate),
    country: rate.country,
    region: rate.region,
    tax_code: rate.taxCode,
    inclusive: rate.inclusive,
    valid_from: rate.validFrom.toISOString(),
    valid_until: rate.validUntil?.toISOString() ?? null,
    created_at: rate.createdAt.toISOString(),
    updated_at: rate.updatedAt.toISOString(),
  };
}
