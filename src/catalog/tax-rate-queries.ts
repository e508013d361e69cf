import { change, many, maybeOne, one, type Sql, type Tx } from "../platform/db.ts";
import { manyBy } from "../platform/filter-rows.ts";
import type { KeptTaxRate, TaxRate, TaxTerms } from "./taxation.ts";

const columns = "tax_rate_id, name, rate_millionths, country, region, tax_code, inclusive, valid_from, valid_until";

type Terms = { [Name in keyof TaxTerms]: TaxTerms[Name] };
type Place = { country: string; region: string | null; taxCode: string | null };

/** Whoever writes rates of a country comes after whoever did before, so that they can be counted and compared. */
export const lockTaxesOf = change<Tx, { country: string }>(
  "catalog.lock_taxes_of",
  "select pg_advisory_xact_lock(hashtextextended('tax rates of ' || :country, 0))",
);

export const insertTaxRate = change<Tx, Terms & Place & { taxRateId: string; now: Date }>(
  "catalog.insert_tax_rate",
  `
  insert into catalog.tax_rates (${columns}, created_at, updated_at)
  values (:taxRateId::uuid, :name, :rateMillionths, :country, :region, :taxCode, :inclusive, :validFrom, :validUntil,
          :now, :now)`,
);

/** Place and goods stay: they are what the rate is. */
export const setTaxRate = change<Tx, Terms & { taxRateId: string; now: Date }>(
  "catalog.set_tax_rate",
  `
  update catalog.tax_rates
     set name = :name, rate_millionths = :rateMillionths, inclusive = :inclusive, valid_from = :validFrom,
         valid_until = :validUntil, updated_at = :now
   where tax_rate_id = :taxRateId::uuid`,
);

export const deleteTaxRateRow = change<Tx, { taxRateId: string }>(
  "catalog.delete_tax_rate",
  "delete from catalog.tax_rates where tax_rate_id = :taxRateId::uuid",
);

export const findTaxRate = maybeOne<Sql, { taxRateId: string }, KeptTaxRate>(
  "catalog.find_tax_rate",
  `
  select ${columns}, created_at, updated_at
    from catalog.tax_rates
   where tax_rate_id = :taxRateId::uuid`,
);

/** Holds the rate until the transaction ends. */
export const lockTaxRate = maybeOne<Tx, { taxRateId: string }, KeptTaxRate>(
  "catalog.lock_tax_rate",
  `
  select ${columns}, created_at, updated_at
    from catalog.tax_rates
   where tax_rate_id = :taxRateId::uuid
     for update`,
);

/** The rate for the same place and goods that begins at the same moment, if it is another one. */
export const findTaxRateTwin = maybeOne<Sql, Place & { validFrom: Date; taxRateId: string }, { taxRateId: string }>(
  "catalog.find_tax_rate_twin",
  `
  select tax_rate_id
    from catalog.tax_rates
   where country = :country
     and coalesce(region, '') = coalesce(:region, '')
     and coalesce(tax_code, '') = coalesce(:taxCode, '')
     and valid_from = :validFrom
     and tax_rate_id <> :taxRateId::uuid`,
);

export const countTaxRates = one<Sql, { country: string }, { count: number }>(
  "catalog.count_tax_rates",
  "select count(*)::int as count from catalog.tax_rates where country = :country",
);

/** The rates of a country that are in force at a moment, of all regions and tax codes. */
export const listTaxRatesInForce = many<Sql, { country: string; at: Date; limit: number }, TaxRate>(
  "catalog.list_tax_rates_in_force",
  `
  select ${columns}
    from catalog.tax_rates
   where country = :country
     and valid_from <= :at
     and (valid_until is null or valid_until > :at)
   order by valid_from, tax_rate_id
   limit :limit`,
);

/** Values by which rates can be asked for. */
export type TaxRateFilter = { country?: string | undefined; region?: string | undefined; taxCode?: string | undefined };

/** Tax rates, newest first. */
export const listTaxRates = manyBy<TaxRateFilter, KeptTaxRate, string>(
  "catalog.list_tax_rates",
  { country: "country = :country", region: "region = :region", taxCode: "tax_code = :taxCode" },
  (conditions) => `
  select ${columns}, created_at, updated_at
    from catalog.tax_rates
   where tax_rate_id < :before::uuid${conditions}
   order by tax_rate_id desc
   limit :limit`,
);
