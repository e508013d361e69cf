/** How often a price is due: once, or again in each interval. */
export type PriceInterval = "one_off" | "day" | "week" | "month" | "year";

/** What a product is called in one language. */
export interface Translation {
  readonly language: string;
  readonly name: string;
  readonly checkoutDescription: string;
  readonly description: string;
  readonly statementDescriptor: string;
}

/** A price with what one must know to sell it. */
export interface Sellable {
  readonly priceId: string;
  readonly productId: string;
  readonly productKey: string;
  readonly sku: string;
  readonly providerId: string;
  readonly taxCode: string;
  readonly shippable: boolean;
  readonly consumable: boolean;
  readonly unitAmountMinor: bigint;
  readonly currency: string;
  readonly interval: PriceInterval;
  readonly intervalCount: number;
  /** Product and price are active, and the price is valid at the time that was asked for. */
  readonly sellable: boolean;
  readonly translations: readonly Translation[];
  /** The primary image. */
  readonly imageId: string | null;
  readonly imageTitle: string | null;
}

/** A tax that is in force in a country, or in a region of it, on everything or on goods of one code. */
export interface TaxRate {
  readonly taxRateId: string;
  readonly name: string;
  readonly rateMillionths: number;
  readonly country: string;
  readonly region: string | null;
  readonly taxCode: string | null;
  readonly inclusive: boolean;
  readonly validFrom: Date;
  readonly validUntil: Date | null;
}

function exactness(rate: TaxRate): number {
  return (rate.region === null ? 0 : 1) + (rate.taxCode === null ? 0 : 2);
}

/** The rate that counts: the most exact, then the newest. */
export function taxRateFor(
  rates: readonly TaxRate[],
  { taxCode, region }: { taxCode: string; region: string | null },
): TaxRate | undefined {
  return rates
    .filter((rate) => (rate.region ?? region) === region && (rate.taxCode ?? taxCode) === taxCode)
    .sort((one, other) => exactness(other) - exactness(one) || other.validFrom.getTime() - one.validFrom.getTime())[0];
}

/** The words in the language that is liked best of those that there are. */
export function translationFor(
  translations: readonly Translation[],
  languages: readonly string[],
): Translation | undefined {
  const wanted = [...languages.flatMap((language) => [language, language.split("-")[0] ?? ""]), "en"];
  for (const language of wanted) {
    const found = translations.find((one) => one.language.toLowerCase() === language.toLowerCase());
    if (found) return found;
  }
  return translations[0];
}
