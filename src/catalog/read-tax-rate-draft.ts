import { type Static, Type } from "typebox";
import { exactText } from "../http/strict-json.ts";
import type { Fault } from "../platform/errors.ts";
import { openTime, readTime } from "./read-span.ts";
import { taxRateInvalid } from "./tax-rate-errors.ts";
import { parsePercentage, type TaxRate, type TaxTerms } from "./taxation.ts";

const longestName = 100;
const longestCode = 64;
const mostPercent = 100;

const changeable = {
  name: Type.String({
    minLength: 1,
    maxLength: longestName,
    pattern: "\\S",
    description: "What the tax is called on a bill.",
    examples: ["消費税 8%"],
  }),
  percentage: Type.Number({
    minimum: 0,
    maximum: mostPercent,
    description: "At most four decimals; `20` is 20 %.",
    examples: [8],
  }),
  inclusive: Type.Boolean({ description: "Whether prices have it in them.", examples: [true] }),
  valid_from: Type.String({
    format: "date-time",
    description: "The first moment at which it is in force; now when left out.",
    examples: ["2019-10-01T00:00:00+09:00"],
  }),
  valid_until: openTime("The first moment at which it is not in force any more; null without end."),
};

/** A tax rate as it is taken in. */
export const TaxRateDraft = Type.Object(
  {
    name: changeable.name,
    percentage: changeable.percentage,
    country: Type.String({ pattern: "^[A-Z]{2}$", description: "ISO 3166-1 alpha-2.", examples: ["JP"] }),
    region: Type.Optional(
      Type.Union([Type.String({ pattern: "^[A-Z]{2}-[A-Z0-9]{1,3}$" }), Type.Null()], {
        description: "ISO 3166-2; null for the whole country.",
        examples: [null],
      }),
    ),
    tax_code: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: longestCode }), Type.Null()], {
        description: "The products' tax code for which it is; null for whatever is sold.",
        examples: ["food"],
      }),
    ),
    inclusive: changeable.inclusive,
    valid_from: Type.Optional(changeable.valid_from),
    valid_until: Type.Optional(changeable.valid_until),
  },
  { additionalProperties: false, title: "TaxRateDraft" },
);
export type TaxRateDraft = Static<typeof TaxRateDraft>;

/** What shall be otherwise of a tax rate. */
export const TaxRateChange = Type.Partial(Type.Object(changeable), {
  additionalProperties: false,
  minProperties: 1,
  title: "TaxRateChange",
  description: "Country, region and tax code stay: they are what the rate is. Another place is another rate.",
  examples: [{ valid_until: "2030-04-01T00:00:00+09:00" }],
});
export type TaxRateChange = Static<typeof TaxRateChange>;

/** The percentage as it was written: a double has most of them only nearly. */
function readPercentage(draft: { readonly percentage?: number | undefined }, faults: Fault[]): number {
  const millionths = parsePercentage(exactText(draft, "percentage"));
  if (millionths === undefined) faults.push({ pointer: "/percentage", detail: "Must have at most four decimals." });
  return millionths ?? 0;
}

/**
 * The rate that a draft states; it is the very object that was parsed.
 * @throws tax_rate.invalid
 */
export function readTaxRateDraft(draft: TaxRateDraft, now: Date): Omit<TaxRate, "taxRateId"> {
  const faults: Fault[] = [];
  const rate = {
    name: draft.name,
    rateMillionths: readPercentage(draft, faults),
    country: draft.country,
    region: draft.region ?? null,
    taxCode: draft.tax_code ?? null,
    inclusive: draft.inclusive,
    validFrom: readTime(draft.valid_from ?? null, "/valid_from", faults) ?? now,
    validUntil: readTime(draft.valid_until ?? null, "/valid_until", faults),
  };
  if (faults.length > 0) throw taxRateInvalid({}, { faults });
  return rate;
}

/**
 * The terms that a change names; it is the very object that was parsed.
 * @throws tax_rate.invalid
 */
export function readTaxRateChange(change: TaxRateChange): Partial<TaxTerms> {
  const faults: Fault[] = [];
  const { name, percentage, inclusive, valid_from, valid_until } = change;
  const validFrom = readTime(valid_from ?? null, "/valid_from", faults);
  const terms = {
    ...(name === undefined ? {} : { name }),
    ...(percentage === undefined ? {} : { rateMillionths: readPercentage(change, faults) }),
    ...(inclusive === undefined ? {} : { inclusive }),
    ...(validFrom === null ? {} : { validFrom }),
    ...(valid_until === undefined ? {} : { validUntil: readTime(valid_until, "/valid_until", faults) }),
  };
  if (faults.length > 0) throw taxRateInvalid({}, { faults });
  return terms;
}
