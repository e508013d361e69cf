import { inputCompiler } from "../http/check-input.ts";
import { parseTime } from "../http/parse-time.ts";
import { pointerTo } from "../http/pointer.ts";
import type { Fault, Refusal } from "../platform/errors.ts";
import { placeFaults } from "./check-place.ts";
import { priceFaults } from "./price.ts";
import { productFaults } from "./product.ts";
import {
  fieldsOf,
  mostSetupProducts,
  mostSetupTaxRates,
  priceName,
  type Setup,
  type SetupPrice,
  type SetupProduct,
  type SetupTaxRate,
  taxRateName,
} from "./setup.ts";
import { ProductEntry, SetupFile, SubscriptionEntry, setupIntervals, TaxRateEntry } from "./setup-draft.ts";
import { parsePercentage, taxTermsFaults } from "./taxation.ts";
import { canonicalLanguage, descriptorLimits, isPrintable, type Translation } from "./translation.ts";

const compile = inputCompiler();

/** Takes note of what is wrong, and where. */
type Refuse = (pointer: string, detail: string) => void;

/** Answers whether a value has the form that a schema demands, and tells all that is wrong when it has not. */
function formOf<Value>(schema: object): (value: unknown, pointer: string, refuse: Refuse) => value is Value {
  const check = compile({ schema, method: "POST", url: "", httpPart: "body" }) as (
    value: unknown,
  ) => true | { readonly error: Refusal };
  return (value, pointer, refuse): value is Value => {
    if (typeof value !== "object" || value === null) {
      refuse(pointer, "Must be an object.");
      return false;
    }
    const checked = check(value);
    if (checked === true) return true;
    for (const fault of checked.error.extras.faults ?? []) refuse(`${pointer}${fault.pointer}`, fault.detail);
    return false;
  };
}

const isSetupFile = formOf<SetupFile>(SetupFile);
const isProduct = formOf<ProductEntry>(ProductEntry);
const isSubscription = formOf<SubscriptionEntry>(SubscriptionEntry);
const isTaxRate = formOf<TaxRateEntry>(TaxRateEntry);

const lists = {
  products: "/ONE_OFF_PRODUCTS_AVAILABLE",
  subscriptions: "/SUBSCRIPTIONS_AVAILABLE",
  taxRates: "/tax_rates",
};

/**
 * Understands what a file describes. What is wrong is told with all other mistakes, and left out of the rest; prices
 * without a currency are in the file's, or else in the one that is given.
 */
export async function readSetup(value: unknown, storeCurrency: string): Promise<Setup> {
  const faults: Fault[] = [];
  const remarks: string[] = [];
  const refuse: Refuse = (pointer, detail) => void faults.push({ pointer, detail });
  if (!isSetupFile(value, "", refuse)) return { products: [], taxRates: [], remarks, faults };
  const { ONE_OFF_PRODUCTS_AVAILABLE: goods = [], SUBSCRIPTIONS_AVAILABLE: plans = [], tax_rates: rates = [] } = value;
  const currency = value.ISO_ALPHA_3_CURRENCY_CODE ?? storeCurrency;
  if (goods.length + plans.length > mostSetupProducts)
    refuse(lists.products, `There are more than ${mostSetupProducts}.`);
  if (rates.length > mostSetupTaxRates) refuse(lists.taxRates, `There are more than ${mostSetupTaxRates}.`);
  const products = [
    ...goods.flatMap((entry, index) => {
      const pointer = `${lists.products}/${index}`;
      return isProduct(entry, pointer, refuse) ? readProduct(entry, { pointer, currency, refuse }) : [];
    }),
    ...plans.flatMap((entry, index) => {
      const pointer = `${lists.subscriptions}/${index}`;
      return isSubscription(entry, pointer, refuse)
        ? readSubscription(entry, { pointer, currency, refuse, remarks })
        : [];
    }),
  ];
  refuseTwins(
    products,
    ({ key }) => key,
    (one) => refuse(`${one.pointer}/key`, `Another product has the key ${one.key}.`),
  );
  refuseTwins(
    products,
    (one) => fieldsOf(one).sku,
    (one) =>
      refuse(
        `${one.pointer}/${one.given.sku === undefined ? "key" : "sku"}`,
        `Another product has the SKU ${fieldsOf(one).sku}.`,
      ),
  );
  return { products, taxRates: await readTaxRates(rates, refuse), remarks, faults };
}

/** Hears of each that has what one before it has. */
function refuseTwins<One>(
  all: readonly One[],
  nameOf: (one: One) => string,
  refuse: (one: One, index: number) => void,
): void {
  const seen = new Set<string>();
  for (const [index, one] of all.entries()) {
    const name = nameOf(one);
    if (seen.has(name)) refuse(one, index);
    seen.add(name);
  }
}

interface Reading {
  readonly pointer: string;
  readonly currency: string;
  readonly refuse: Refuse;
}

function readProduct(entry: ProductEntry, reading: Reading): SetupProduct {
  const { pointer, refuse } = reading;
  const { key, sku, provider: providerId, tax_code: taxCode, shippable, consumable, active } = entry;
  const product: SetupProduct = {
    key,
    taxCode,
    given: defined({ sku, providerId, shippable, consumable, active }),
    prices: readPrices(entry, reading),
    translations: readTranslations(entry, reading),
    images: entry.images?.map(({ image_path: path, title = "" }, index) => ({
      path,
      title,
      pointer: `${pointer}/images/${index}`,
    })),
    pointer,
  };
  for (const fault of productFaults(fieldsOf(product))) refuse(`${pointer}${fault.pointer}`, fault.detail);
  return product;
}

type Defined<Given extends object> = { [Name in keyof Given]?: Exclude<Given[Name], undefined> };

function defined<Given extends object>(given: Given): Defined<Given> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<Given>;
}

function readSubscription(
  { trial_period_days: trial, amount_of_free_subscriptions: free, ...entry }: SubscriptionEntry,
  reading: Reading & { readonly remarks: string[] },
): SetupProduct {
  const { pointer, refuse, remarks } = reading;
  const ignored = [
    ...(trial === undefined ? [] : ["trial_period_days"]),
    ...(free === undefined ? [] : ["amount_of_free_subscriptions"]),
  ];
  if (ignored.length > 0)
    remarks.push(`${entry.key}: ${ignored.join(" and ")} ${ignored.length > 1 ? "are" : "is"} not used.`);
  for (const [index, { interval }] of entry.pricing.entries()) {
    if (interval === "ONE_OFF")
      refuse(`${pointer}/pricing/${index}/interval`, "A subscription is paid again and again.");
  }
  return readProduct(entry, reading);
}

function readPrices({ pricing }: ProductEntry, { pointer, currency: fallback, refuse }: Reading): SetupPrice[] {
  const prices = pricing.map(({ interval, interval_count: intervalCount = 1, unit_amount, currency = fallback }) => ({
    unitAmountMinor: BigInt(unit_amount),
    currency,
    interval: setupIntervals[interval],
    intervalCount,
  }));
  for (const [index, price] of prices.entries()) {
    const terms = { ...price, active: true, validFrom: null, validUntil: null };
    for (const fault of priceFaults(terms)) refuse(`${pointer}/pricing/${index}${fault.pointer}`, fault.detail);
  }
  refuseTwins(prices, priceName, (price, index) =>
    refuse(`${pointer}/pricing/${index}`, `Another price of the product is for ${priceName(price)}, too.`),
  );
  return prices;
}

function readTranslations({ translation }: ProductEntry, { pointer, refuse }: Reading): Translation[] {
  const read = Object.entries(translation).map(([tag, words]) => {
    const place = pointerTo(`${pointer}/translation`, tag);
    const language = canonicalLanguage(tag);
    if (language === undefined) refuse(place, `"${tag}" is no language tag of BCP 47.`);
    if (!isPrintable(words.statement_descriptor)) refuse(`${place}/statement_descriptor`, descriptorLimits);
    return {
      language: language ?? tag,
      name: words.name,
      checkoutDescription: words.checkout_description,
      description: words.description,
      statementDescriptor: words.statement_descriptor,
      place,
    };
  });
  refuseTwins(
    read,
    ({ language }) => language,
    ({ place, language }) => refuse(place, `${language} is there twice.`),
  );
  return read.map(({ place: _, ...words }) => words);
}

async function readTaxRates(entries: readonly unknown[], refuse: Refuse): Promise<SetupTaxRate[]> {
  const rates: SetupTaxRate[] = [];
  for (const [index, entry] of entries.entries()) {
    const pointer = `${lists.taxRates}/${index}`;
    if (!isTaxRate(entry, pointer, refuse)) continue;
    const rate = readTaxRate(entry, pointer, refuse);
    for (const fault of [...(await placeFaults(rate)), ...taxTermsFaults(rate)]) {
      refuse(`${pointer}${fault.pointer}`, fault.detail);
    }
    rates.push(rate);
  }
  refuseTwins(rates, taxRateName, (rate) => refuse(rate.pointer, `Another rate is for ${taxRateName(rate)}, too.`));
  return rates;
}

const sinceEver = new Date("1970-01-01T00:00:00Z");

function readTaxRate(entry: TaxRateEntry, pointer: string, refuse: Refuse): SetupTaxRate {
  const { name, country, region = null, tax_code: taxCode = null, inclusive, valid_from, valid_until } = entry;
  const rateMillionths = parsePercentage(String(entry.percentage));
  if (rateMillionths === undefined) {
    refuse(`${pointer}/percentage`, "Must be a number from 0 to 100 with at most four decimals.");
  }
  const moment = (text: string | null | undefined, member: string) => {
    const time = typeof text === "string" ? readMoment(text) : null;
    if (time === undefined) {
      refuse(`${pointer}/${member}`, "Must be a date such as 2019-10-01, or a time such as 2019-10-01T00:00:00+09:00.");
    }
    return time ?? null;
  };
  return {
    name,
    rateMillionths: rateMillionths ?? 0,
    country,
    region,
    taxCode,
    inclusive,
    validFrom: moment(valid_from, "valid_from") ?? sinceEver,
    validUntil: moment(valid_until, "valid_until"),
    pointer,
  };
}

const dateOrTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2}))?$/;

/** A day begins in UTC; one that its month does not have is none. */
function readMoment(text: string): Date | undefined {
  const day = text.slice(0, "2019-10-01".length);
  if (!dateOrTime.test(text) || parseTime(day)?.toISOString().startsWith(day) !== true) return undefined;
  return parseTime(text);
}
