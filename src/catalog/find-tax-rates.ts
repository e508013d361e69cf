import type { Sql, Tx } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import { type Page, type PageWanted, pageByUuid } from "../platform/page-by-id.ts";
import { taxRateNotFound } from "./tax-rate-errors.ts";
import {
  findTaxRate,
  listTaxRates,
  listTaxRatesInForce,
  lockTaxesOf,
  lockTaxRate,
  type TaxRateFilter,
} from "./tax-rate-queries.ts";
import type { KeptTaxRate, TaxRate } from "./taxation.ts";

/** More than a country has regions times kinds of goods with a rate of their own, twice over. */
export const mostTaxRates = 2_000;

/** The tax rates of a country that are in force at a moment, of all regions and tax codes. */
export function findTaxRates(sql: Sql, asked: { country: string; at: Date }): Promise<TaxRate[]> {
  return listTaxRatesInForce(sql, { ...asked, limit: mostTaxRates });
}

/**
 * Tax rates, newest first.
 * @throws list.cursor_unknown
 */
export function findKeptTaxRates(sql: Sql, filter: TaxRateFilter, wanted: PageWanted): Promise<Page<KeptTaxRate>> {
  return pageByUuid(
    wanted,
    (rate) => rate.taxRateId,
    (page) => listTaxRates(sql, filter, page),
  );
}

/**
 * One tax rate.
 * @throws tax_rate.not_found
 */
export async function getTaxRate(sql: Sql, taxRateId: string): Promise<KeptTaxRate> {
  const rate = isUuid(taxRateId) ? await findTaxRate(sql, { taxRateId }) : undefined;
  if (!rate) throw taxRateNotFound({ taxRate: taxRateId });
  return rate;
}

/**
 * One tax rate, held until the transaction ends, and with it the right to write rates of its country.
 *
 * Locks the country's name, then the rate.
 * @throws tax_rate.not_found
 */
export async function holdTaxRate(tx: Tx, taxRateId: string): Promise<KeptTaxRate> {
  const { country } = await getTaxRate(tx, taxRateId);
  await lockTaxesOf(tx, { country });
  const rate = await lockTaxRate(tx, { taxRateId });
  if (!rate) throw taxRateNotFound({ taxRate: taxRateId });
  return rate;
}
