import type { Fault } from "../platform/errors.ts";
import { exponentOf, mostMinor } from "../platform/money.ts";

/** Paid once, or again in each interval. */
export const priceIntervals = ["one_off", "day", "week", "month", "year"] as const;
export type PriceInterval = (typeof priceIntervals)[number];

/** As many intervals as one price may have between two payments. */
export const mostIntervalCount = 365;

/** What a price is: another currency or interval is another price. */
export interface PriceTerms {
  readonly unitAmountMinor: bigint;
  readonly currency: string;
  readonly interval: PriceInterval;
  readonly intervalCount: number;
  readonly active: boolean;
  /** The first moment at which it is valid; null since ever. */
  readonly validFrom: Date | null;
  /** The first moment at which it is not valid any more; null without end. */
  readonly validUntil: Date | null;
}

/** One product's amount in one currency. */
export interface Price extends PriceTerms {
  readonly priceId: string;
  readonly productId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A span of time as prices and rates have it: the first moment is within, the last is not. */
export interface Validity {
  readonly validFrom: Date | null;
  readonly validUntil: Date | null;
}

/** What is wrong with a span that ends before it has begun. */
export function spanFaults({ validFrom, validUntil }: Validity): Fault[] {
  if (validFrom === null || validUntil === null || validFrom < validUntil) return [];
  return [{ pointer: "/valid_until", detail: "Must be later than valid_from." }];
}

/** Everything that is wrong with a price whose members have the right form. */
export function priceFaults(terms: PriceTerms): Fault[] {
  const { unitAmountMinor, currency, interval, intervalCount } = terms;
  const faults: Fault[] = [];
  if (unitAmountMinor < 0n || unitAmountMinor > mostMinor) {
    faults.push({ pointer: "/unit_amount", detail: `Must be from 0 to ${mostMinor}.` });
  }
  if (exponentOf(currency) === undefined) {
    faults.push({ pointer: "/currency", detail: `"${currency}" is not a currency code of ISO 4217.` });
  }
  if (intervalCount < 1 || intervalCount > mostIntervalCount) {
    faults.push({ pointer: "/interval_count", detail: `Must be from 1 to ${mostIntervalCount}.` });
  } else if (interval === "one_off" && intervalCount !== 1) {
    faults.push({ pointer: "/interval_count", detail: "A price that is paid once has no count." });
  }
  return [...faults, ...spanFaults(terms)];
}
