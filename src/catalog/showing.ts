import { type PriceInterval, priceIntervals } from "./price.ts";
import type { Translation } from "./translation.ts";

/** A price that is valid at the moment at which it is shown. */
export interface ShownPrice {
  readonly priceId: string;
  readonly unitAmountMinor: bigint;
  readonly currency: string;
  readonly interval: PriceInterval;
  readonly intervalCount: number;
  readonly validUntil: Date | null;
}

/** An image as a page shows it. */
export interface ShownImage {
  readonly imageId: string;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** The widths for which there are thumbnails. */
  readonly thumbnailWidths: readonly number[];
}

/** A product that is sold, with everything that shoppers may see of it. */
export interface ShownProduct {
  readonly productId: string;
  readonly key: string;
  readonly providerId: string;
  readonly taxCode: string;
  readonly shippable: boolean;
  readonly consumable: boolean;
  readonly prices: readonly ShownPrice[];
  readonly translations: readonly Translation[];
  /** The primary one first. */
  readonly images: readonly ShownImage[];
}

/** A shown product as one statement answers it: JSON has no times and no large numbers. */
export interface ShownRow extends Omit<ShownProduct, "prices"> {
  readonly prices: readonly (Omit<ShownPrice, "unitAmountMinor" | "validUntil"> & {
    readonly unitAmountMinor: string;
    readonly validUntil: string | null;
  })[];
}

function comparePrices(one: ShownPrice, other: ShownPrice): number {
  if (one.currency !== other.currency) return one.currency < other.currency ? -1 : 1;
  const intervals = priceIntervals.indexOf(one.interval) - priceIntervals.indexOf(other.interval);
  if (intervals !== 0) return intervals;
  if (one.intervalCount !== other.intervalCount) return one.intervalCount - other.intervalCount;
  return Number(one.unitAmountMinor - other.unitAmountMinor);
}

/** A row with its prices in the order in which they are shown: by currency, paid once before again, cheaper first. */
export function readShown(row: ShownRow): ShownProduct {
  const prices = row.prices.map((price) => ({
    ...price,
    unitAmountMinor: BigInt(price.unitAmountMinor),
    validUntil: price.validUntil === null ? null : new Date(price.validUntil),
  }));
  return { ...row, prices: prices.sort(comparePrices) };
}

/** The prices with those of one currency first. */
export function withFirst(prices: readonly ShownPrice[], currency: string): readonly ShownPrice[] {
  const wanted = prices.filter((price) => price.currency === currency);
  return wanted.length === 0 ? prices : [...wanted, ...prices.filter((price) => price.currency !== currency)];
}
