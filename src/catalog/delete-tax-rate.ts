import { type Doer, recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { holdTaxRate } from "./find-tax-rates.ts";
import { deleteTaxRateRow } from "./tax-rate-queries.ts";

/**
 * Takes a tax rate away and keeps in the audit who did so, and what it was. Orders keep the rates they froze.
 *
 * Locks the country's name, then the rate.
 * @throws tax_rate.not_found
 */
export async function deleteTaxRate(
  tx: Tx,
  { taxRateId, by }: { taxRateId: string; by: Doer },
  now: Date,
): Promise<void> {
  const { createdAt: _, updatedAt: __, ...detail } = await holdTaxRate(tx, taxRateId);
  await deleteTaxRateRow(tx, { taxRateId });
  await recordAction(tx, { by, action: "tax_rate.deleted", subject: `tax_rate/${taxRateId}`, detail }, now);
}
