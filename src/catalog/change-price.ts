import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { assertPrice } from "./create-price.ts";
import { differencesOf } from "./difference.ts";
import { holdPrice, type PriceNamed } from "./find-prices.ts";
import type { Price, PriceTerms } from "./price.ts";
import { setPrice } from "./price-queries.ts";

export interface ChangePrice extends PriceNamed {
  /** What shall be otherwise. Currency and interval stay: they are what the price is. */
  readonly change: Partial<Omit<PriceTerms, "currency" | "interval" | "intervalCount">>;
  readonly by: Doer;
}

/**
 * Changes a price and keeps in the audit who did so, and what it was before. Carts that have it are told of the new
 * amount; a checkout that holds the price has it as it was.
 *
 * Locks the product, then the price. A change to what it is already changes nothing.
 * @throws product.not_found, price.not_found, price.invalid
 */
export async function changePrice(tx: Tx, { change, by, ...named }: ChangePrice, now: Date): Promise<Price> {
  const before = await holdPrice(tx, named);
  const detail = differencesOf(before, { ...before, ...change });
  if (Object.keys(detail).length === 0) return before;
  const after = { ...before, ...change, updatedAt: now };
  assertPrice(after);
  const { priceId, unitAmountMinor, active, validFrom, validUntil } = after;
  await setPrice(tx, { priceId, unitAmountMinor, active, validFrom, validUntil, now });
  await recordAction(tx, { by, action: "price.changed", subject: `price/${priceId}`, detail }, now);
  return after;
}
