import type { Fault } from "../platform/errors.ts";
import type { PriceTerms } from "./price.ts";
import type { ProductFields } from "./product.ts";
import type { TaxRate } from "./taxation.ts";
import type { Translation } from "./translation.ts";

/** A picture that a file of products names. */
export interface SetupImage {
  /** As it is written, relative to the file. */
  readonly path: string;
  readonly title: string;
  /** Where it stands in the file. */
  readonly pointer: string;
}

/** A price of a file. It has no span: those with one are made by people, for a while. */
export type SetupPrice = Pick<PriceTerms, "unitAmountMinor" | "currency" | "interval" | "intervalCount">;

/** A product as a file describes it. What a file leaves out is decided once, when the product is made, and then stays. */
export interface SetupProduct {
  readonly key: string;
  readonly taxCode: string;
  readonly given: Partial<Pick<ProductFields, "sku" | "providerId" | "shippable" | "consumable" | "active">>;
  readonly prices: readonly SetupPrice[];
  readonly translations: readonly Translation[];
  /** Undefined when the file says nothing about them: then the product keeps those that it has. */
  readonly images: readonly SetupImage[] | undefined;
  readonly pointer: string;
}

export type SetupTaxRate = Omit<TaxRate, "taxRateId"> & { readonly pointer: string };

/** What a file describes, as far as it can be understood. */
export interface Setup {
  readonly products: readonly SetupProduct[];
  readonly taxRates: readonly SetupTaxRate[];
  /** Pictures of what cannot be understood otherwise. */
  readonly stray: readonly SetupImage[];
  /** What was read and is not used. */
  readonly remarks: readonly string[];
  /** Everything that is wrong. */
  readonly faults: readonly Fault[];
}

/** More products than one file is ever written with by hand, few enough for one transaction. */
export const mostSetupProducts = 10_000;
export const mostSetupTaxRates = 2_000;

/** What two prices of a product may not have in common. */
export function priceName({ currency, interval, intervalCount }: Omit<SetupPrice, "unitAmountMinor">): string {
  if (interval === "one_off") return `${currency}, once`;
  return `${currency}, every ${intervalCount === 1 ? interval : `${intervalCount} ${interval}s`}`;
}

/** What two tax rates may not have in common. */
export function taxRateName({ country, region, taxCode, validFrom }: Omit<TaxRate, "taxRateId">): string {
  const [day, time = ""] = validFrom.toISOString().split("T");
  const from = time === "00:00:00.000Z" ? day : `${day} ${time.slice(0, "00:00".length)} UTC`;
  return [region ?? country, taxCode ?? "everything", `from ${from}`].join(", ");
}

/** What a product is that is made of a file's description. */
export function fieldsOf({ key, taxCode, given }: Pick<SetupProduct, "key" | "taxCode" | "given">): ProductFields {
  return { key, sku: key, providerId: "own", shippable: false, consumable: false, active: true, ...given, taxCode };
}
