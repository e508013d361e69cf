import type { PriceInterval } from "./price.ts";
import type { Translation } from "./translation.ts";

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
  /** Product and price are active, and the price is valid at the moment that was asked about. */
  readonly sellable: boolean;
  readonly translations: readonly Translation[];
  /** The primary image, with its title; null together. */
  readonly imageId: string | null;
  readonly imageTitle: string | null;
}
