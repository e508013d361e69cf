import type { Fault } from "../platform/errors.ts";
import { readProduct, readSubscription, strayImages } from "./read-setup-products.ts";
import { readTaxRates } from "./read-setup-rates.ts";
import {
  fieldsOf,
  mostSetupProducts,
  mostSetupTaxRates,
  type Setup,
  type SetupImage,
  type SetupProduct,
} from "./setup.ts";
import { SetupFile } from "./setup-draft.ts";
import { formOf, type Refuse, refuseTwins } from "./setup-form.ts";

const isSetupFile = formOf<SetupFile>(SetupFile);

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
  const refuse: Refuse = (pointer, detail) => void faults.push({ pointer, detail });
  if (!isSetupFile(value, "", refuse)) return { products: [], taxRates: [], stray: [], remarks: [], faults };
  const rates = value.tax_rates ?? [];
  if (rates.length > mostSetupTaxRates) refuse(lists.taxRates, `There are more than ${mostSetupTaxRates}.`);
  const taxRates = await readTaxRates(rates.slice(0, mostSetupTaxRates), lists.taxRates, refuse);
  const { products, stray, remarks } = readProducts(value, value.ISO_ALPHA_3_CURRENCY_CODE ?? storeCurrency, refuse);
  for (const [nameOf, what] of [
    [(one: SetupProduct) => one.key, "key"],
    [skuOf, "SKU"],
  ] as const) {
    refuseTwins(products, nameOf, (one) => {
      const member = what === "SKU" && one.given.sku !== undefined ? "sku" : "key";
      refuse(`${one.pointer}/${member}`, `Another product has the ${what} ${nameOf(one)}.`);
    });
  }
  return { products, taxRates, stray, remarks, faults };
}

function skuOf(one: SetupProduct): string {
  return fieldsOf(one).sku;
}

function readProducts(
  { ONE_OFF_PRODUCTS_AVAILABLE: goods = [], SUBSCRIPTIONS_AVAILABLE: plans = [] }: SetupFile,
  currency: string,
  refuse: Refuse,
): Pick<Setup, "products" | "stray" | "remarks"> {
  if (goods.length + plans.length > mostSetupProducts) {
    refuse(lists.products, `There are more than ${mostSetupProducts}.`);
    return { products: [], stray: [], remarks: [] };
  }
  const remarks: string[] = [];
  const stray: SetupImage[] = [];
  const reader = (list: string, read: typeof readProduct) => (entry: unknown, index: number) => {
    const pointer = `${list}/${index}`;
    const product = read(entry, { pointer, currency, refuse, remarks });
    if (!product) stray.push(...strayImages(entry, pointer));
    return product ?? [];
  };
  const products = [
    ...goods.flatMap(reader(lists.products, readProduct)),
    ...plans.flatMap(reader(lists.subscriptions, readSubscription)),
  ];
  return { products, stray, remarks };
}
