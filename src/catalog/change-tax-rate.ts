import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { assertTaxRate } from "./create-tax-rate.ts";
import { differencesOf } from "./difference.ts";
import { holdTaxRate } from "./find-tax-rates.ts";
import { setTaxRate } from "./tax-rate-queries.ts";
import type { KeptTaxRate, TaxTerms } from "./taxation.ts";

export interface ChangeTaxRate {
  readonly taxRateId: string;
  /** What shall be otherwise. Country, region and tax code stay: they are what the rate is. */
  readonly change: Partial<TaxTerms>;
  readonly by: Doer;
}

/**
 * Changes a tax rate and keeps in the audit who did so, and what it was before. Orders keep the rates they froze.
 *
 * Locks the country's name, then the rate. A change to what it is already changes nothing.
 * @throws tax_rate.not_found, tax_rate.invalid, tax_rate.taken
 */
export async function changeTaxRate(tx: Tx, { taxRateId, change, by }: ChangeTaxRate, now: Date): Promise<KeptTaxRate> {
  const before = await holdTaxRate(tx, taxRateId);
  const detail = differencesOf(before, { ...before, ...change });
  if (Object.keys(detail).length === 0) return before;
  const after = { ...before, ...change, updatedAt: now };
  await assertTaxRate(tx, after);
  const { name, rateMillionths, inclusive, validFrom, validUntil } = after;
  await setTaxRate(tx, { taxRateId, name, rateMillionths, inclusive, validFrom, validUntil, now });
  await recordAction(tx, { by, action: "tax_rate.changed", subject: `tax_rate/${taxRateId}`, detail }, now);
  return after;
}
