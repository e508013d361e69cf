import { pointerTo } from "../http/pointer.ts";
import { mostImages } from "./image.ts";
import { priceFaults } from "./price.ts";
import { productFaults } from "./product.ts";
import { fieldsOf, priceName, type SetupImage, type SetupPrice, type SetupProduct } from "./setup.ts";
import { ProductEntry, SubscriptionEntry, setupIntervals } from "./setup-draft.ts";
import { formOf, type Refuse, refuseTwins } from "./setup-form.ts";
import { canonicalLanguage, descriptorLimits, isPrintable, type Translation } from "./translation.ts";

const isProduct = formOf<ProductEntry>(ProductEntry);
const isSubscription = formOf<SubscriptionEntry>(SubscriptionEntry);

/** Where an entry stands, and what is to be known and told meanwhile. */
export interface Reading {
  readonly pointer: string;
  readonly currency: string;
  readonly refuse: Refuse;
  readonly remarks: string[];
}

/** A product as an entry describes it; undefined for one without the form of one. */
export function readProduct(entry: unknown, reading: Reading): SetupProduct | undefined {
  return isProduct(entry, reading.pointer, reading.refuse) ? understandProduct(entry, reading) : undefined;
}

/** The same for one that is paid again and again. */
export function readSubscription(given: unknown, reading: Reading): SetupProduct | undefined {
  const { pointer, refuse, remarks } = reading;
  if (!isSubscription(given, pointer, refuse)) return undefined;
  const { trial_period_days: trial, amount_of_free_subscriptions: free, ...entry } = given;
  const ignored = [
    ...(trial === undefined ? [] : ["trial_period_days"]),
    ...(free === undefined ? [] : ["amount_of_free_subscriptions"]),
  ];
  if (ignored.length > 0) {
    remarks.push(`${entry.key}: ${ignored.join(" and ")} ${ignored.length > 1 ? "are" : "is"} not used.`);
  }
  for (const [index, { interval }] of entry.pricing.entries()) {
    if (interval === "ONE_OFF") {
      refuse(`${pointer}/pricing/${index}/interval`, "A subscription is paid again and again.");
    }
  }
  return understandProduct(entry, reading);
}

/** The pictures that an entry without the right form names all the same: they may be wrong, too. */
export function strayImages(entry: unknown, pointer: string): SetupImage[] {
  const images: unknown = typeof entry === "object" && entry !== null && "images" in entry ? entry.images : [];
  if (!Array.isArray(images)) return [];
  return images.slice(0, mostImages).flatMap((image: unknown, index) => {
    const path = typeof image === "object" && image !== null && "image_path" in image ? image.image_path : undefined;
    return typeof path === "string" ? [{ path, title: "", pointer: `${pointer}/images/${index}` }] : [];
  });
}

function understandProduct(entry: ProductEntry, reading: Reading): SetupProduct {
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
