import type { SeededViolation } from "./seeded-violations.ts";

const product = "019ab3c0-0000-7000-8000-00000000da01";

const giveProduct = `
  insert into catalog.products
    (product_id, key, sku, provider_id, tax_code, shippable, consumable, active, created_at, updated_at)
  values ('${product}', 'tea', 'TEA-1', 'own', 'food', true, false, true, now(), now());`;

const givePrices = (count: number, until: string) => `
  insert into catalog.prices
    (price_id, product_id, unit_amount_minor, currency, interval, interval_count, active, valid_until, created_at, updated_at)
  select gen_random_uuid(), '${product}', 1, 'JPY', 'one_off', 1, true, ${until}, now(), now()
    from generate_series(1, ${count});`;

const giveWords = (count: number) => `
  insert into catalog.product_translations
    (product_id, language, name, checkout_description, description, statement_descriptor)
  select '${product}', 'de-x' || to_char(number, 'FM0000'), 'Tee', '', '', ''
    from generate_series(1, ${count}) as number;`;

const giveRates = (count: number, until: string) => `
  insert into catalog.tax_rates
    (tax_rate_id, name, rate_millionths, country, inclusive, valid_from, valid_until, created_at, updated_at)
  select gen_random_uuid(), 'Tax', 0, 'JP', true, now() - number * interval '1 day', ${until}, now(), now()
    from generate_series(1, ${count}) as number;`;

/** What breaks when somebody else writes the catalogue. */
export const seededCatalog: readonly SeededViolation[] = [
  {
    breaks: "I50",
    by: "a table whose changes nobody counts",
    sql: "alter table catalog.prices disable trigger prices_changes_count",
    says: "Changes of catalog.prices are not counted",
  },
  {
    breaks: "I50",
    by: "a catalogue without a version",
    sql: "delete from catalog.version",
    says: "The catalogue has no version",
  },
  {
    breaks: "I50",
    by: "more prices than are shown",
    sql: `${giveProduct} ${givePrices(201, "null")}`,
    says: `Product ${product} has 201 prices`,
  },
  {
    breaks: "I50",
    by: "more languages than are shown",
    sql: `${giveProduct} ${giveWords(101)}`,
    says: `Product ${product} has words in 101 languages`,
  },
  {
    breaks: "I50",
    by: "more tax rates than are looked at",
    sql: giveRates(2001, "null"),
    says: "JP has 2001 tax rates",
  },
  {
    breaks: "I50",
    by: "a price that ends at no time",
    sql: `${giveProduct} ${givePrices(1, "'infinity'")}`,
    says: "until infinity",
  },
  {
    breaks: "I50",
    by: "a tax rate that ends at no time",
    sql: giveRates(1, "'infinity'"),
    says: "until infinity",
  },
];

export const soundCatalog: readonly { readonly what: string; readonly sql: string }[] = [
  {
    what: "as many prices, words and tax rates as there may be",
    sql: `${giveProduct} ${givePrices(200, "now()")} ${giveWords(100)} ${giveRates(2000, "null")}`,
  },
];
