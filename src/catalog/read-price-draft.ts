import { type Static, Type } from "typebox";
import { exactText } from "../http/strict-json.ts";
import type { Fault } from "../platform/errors.ts";
import { mostMinor, parseMinor } from "../platform/money.ts";
import { priceInvalid } from "./catalog-errors.ts";
import { mostIntervalCount, type PriceTerms, priceIntervals } from "./price.ts";
import { openTime, readTime } from "./read-span.ts";

const changeable = {
  unit_amount: Type.Integer({
    minimum: 0,
    maximum: Number(mostMinor),
    description: "What one costs, in minor units of the currency.",
    examples: [1200],
  }),
  active: Type.Boolean({ description: "Whether it is offered.", examples: [true] }),
  valid_from: openTime("The first moment at which it is valid; null since ever."),
  valid_until: openTime("The first moment at which it is not valid any more; null without end."),
};

/** A price as it is taken in. */
export const PriceDraft = Type.Object(
  {
    unit_amount: changeable.unit_amount,
    currency: Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217.", examples: ["JPY"] }),
    interval: Type.Optional(
      Type.Enum([...priceIntervals], {
        description: "`one_off` is paid once, everything else again in each interval.",
        default: "one_off",
        examples: ["one_off"],
      }),
    ),
    interval_count: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: mostIntervalCount,
        default: 1,
        description: "How many intervals lie between two payments.",
        examples: [1],
      }),
    ),
    active: Type.Optional({ ...changeable.active, default: true }),
    valid_from: Type.Optional(changeable.valid_from),
    valid_until: Type.Optional(changeable.valid_until),
  },
  { additionalProperties: false, title: "PriceDraft", examples: [{ unit_amount: 1200, currency: "JPY" }] },
);
export type PriceDraft = Static<typeof PriceDraft>;

/** What shall be otherwise of a price. */
export const PriceChange = Type.Partial(Type.Object(changeable), {
  additionalProperties: false,
  minProperties: 1,
  title: "PriceChange",
  description: "Currency and interval stay: they are what the price is. Another one is another price.",
  examples: [{ unit_amount: 1300 }],
});
export type PriceChange = Static<typeof PriceChange>;

/** The amount as it was written: a double may have rounded it. */
function readAmount(draft: { readonly unit_amount?: number | undefined }, faults: Fault[]): bigint {
  const amount = parseMinor(exactText(draft, "unit_amount"), 0);
  if (typeof amount === "bigint") return amount;
  faults.push({ pointer: "/unit_amount", detail: "Must be an integer." });
  return 0n;
}

/**
 * The terms that a draft states; it is the very object that was parsed.
 * @throws price.invalid
 */
export function readPriceDraft(draft: PriceDraft): PriceTerms {
  const faults: Fault[] = [];
  const terms = {
    unitAmountMinor: readAmount(draft, faults),
    currency: draft.currency,
    interval: draft.interval ?? "one_off",
    intervalCount: draft.interval_count ?? 1,
    active: draft.active ?? true,
    validFrom: readTime(draft.valid_from ?? null, "/valid_from", faults),
    validUntil: readTime(draft.valid_until ?? null, "/valid_until", faults),
  };
  if (faults.length > 0) throw priceInvalid({}, { faults });
  return terms;
}

/**
 * The terms that a change names; it is the very object that was parsed.
 * @throws price.invalid
 */
export function readPriceChange(change: PriceChange): Partial<PriceTerms> {
  const faults: Fault[] = [];
  const { unit_amount, active, valid_from, valid_until } = change;
  const terms = {
    ...(unit_amount === undefined ? {} : { unitAmountMinor: readAmount(change, faults) }),
    ...(active === undefined ? {} : { active }),
    ...(valid_from === undefined ? {} : { validFrom: readTime(valid_from, "/valid_from", faults) }),
    ...(valid_until === undefined ? {} : { validUntil: readTime(valid_until, "/valid_until", faults) }),
  };
  if (faults.length > 0) throw priceInvalid({}, { faults });
  return terms;
}
