import { type Doer, recordAction } from "../audit/index.ts";
import type { Sql, Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { placeFaults } from "./check-place.ts";
import { mostTaxRates } from "./find-tax-rates.ts";
import { taxRateInvalid, taxRatesTooMany, taxRateTaken } from "./tax-rate-errors.ts";
import { countTaxRates, findTaxRateTwin, insertTaxRate, lockTaxesOf } from "./tax-rate-queries.ts";
import { type KeptTaxRate, type TaxRate, taxTermsFaults } from "./taxation.ts";

export interface CreateTaxRate {
  readonly rate: Omit<TaxRate, "taxRateId">;
  readonly by: Doer;
}

/**
 * Writes a new tax rate and keeps in the audit who did so. For one place and goods several may be in force at once: the
 * one that began last counts.
 *
 * Locks the country's name.
 * @throws tax_rate.invalid, tax_rate.taken, tax_rate.too_many
 */
export async function createTaxRate(tx: Tx, { rate: wanted, by }: CreateTaxRate, now: Date): Promise<KeptTaxRate> {
  const faults = await placeFaults(wanted);
  if (faults.length > 0) throw taxRateInvalid({}, { faults });
  const rate = { taxRateId: uuidV7(now), ...wanted };
  const { taxRateId, country } = rate;
  await lockTaxesOf(tx, { country });
  await assertTaxRate(tx, rate);
  const { count } = await countTaxRates(tx, { country });
  if (count >= mostTaxRates) throw taxRatesTooMany({ most: mostTaxRates });
  await insertTaxRate(tx, { ...rate, now });
  await recordAction(tx, { by, action: "tax_rate.created", subject: `tax_rate/${taxRateId}`, detail: wanted }, now);
  return { ...rate, createdAt: now, updatedAt: now };
}

/**
 * Makes sure that a rate may be as it is, beside the others of its country, which is held.
 * @throws tax_rate.invalid, tax_rate.taken
 */
export async function assertTaxRate(sql: Sql, rate: TaxRate): Promise<void> {
  const faults = taxTermsFaults(rate);
  if (faults.length > 0) throw taxRateInvalid({}, { faults });
  const { taxRateId, country, region, taxCode, validFrom } = rate;
  const twin = await findTaxRateTwin(sql, { taxRateId, country, region, taxCode, validFrom });
  if (twin) throw taxRateTaken({ taxRate: twin.taxRateId });
}
