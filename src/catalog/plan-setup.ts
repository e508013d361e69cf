import type { Fault } from "../platform/errors.ts";
import { differencesOf } from "./difference.ts";
import { mostPrices } from "./find-prices.ts";
import { mostTranslations } from "./find-translations.ts";
import { planImages } from "./plan-images.ts";
import { planSkus } from "./plan-skus.ts";
import { planTaxRates } from "./plan-tax-rates.ts";
import type { Price } from "./price.ts";
import { type Product, type ProductFields, productFaults } from "./product.ts";
import { fieldsOf, priceName, type SetupTaxRate } from "./setup.ts";
import { emptyPlan, type KeptCatalogue, outcomeOf, type SetupPlan, type WantedProduct } from "./setup-plan.ts";
import type { Translation } from "./translation.ts";

/** Compares what a file describes with what there is. */
export function planSetup(
  wanted: { readonly products: readonly WantedProduct[]; readonly taxRates: readonly SetupTaxRate[] },
  kept: KeptCatalogue,
): SetupPlan {
  const plan = emptyPlan();
  const products = new Map(kept.products.map((product) => [product.key, product]));
  const prices = byProduct(kept.prices);
  const translations = byProduct(kept.translations);
  const images = byProduct(kept.images);
  const skus = new Map<string, string>();
  for (const one of wanted.products) {
    const before = products.get(one.key);
    const id = before?.productId ?? "";
    skus.set(one.key, planProduct(plan, one, before).sku);
    planPrices(plan, one, prices.get(id) ?? []);
    planTranslations(plan, one, { productId: id, before: translations.get(id) ?? [] });
    planImages(plan, one, images.get(id) ?? []);
  }
  planSkus(plan, wanted.products, skus, kept);
  planTaxRates(plan, wanted.taxRates, kept.taxRates);
  return plan;
}

function byProduct<Row extends { readonly productId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, ({ productId }) => productId);
}

function planProduct(plan: SetupPlan, one: WantedProduct, before: Product | undefined): ProductFields {
  const { key, given, taxCode, pointer } = one;
  const step = { what: "product", product: key, name: "" } as const;
  if (!before) {
    const fields = fieldsOf(one);
    plan.newProducts.push(fields);
    plan.steps.push({ ...step, outcome: "created", changes: {} });
    return fields;
  }
  const after = { ...before, ...given, taxCode };
  const changes = differencesOf(before, after);
  plan.faults.push(...productFaults(after).map((fault) => ({ ...fault, pointer: `${pointer}${fault.pointer}` })));
  plan.steps.push({ ...step, ...outcomeOf(changes) });
  if (Object.keys(changes).length > 0) plan.products.push(after);
  return after;
}

/** The file knows nothing of prices with a span: whoever made them takes them away. */
function planPrices(plan: SetupPlan, { key, prices, pointer }: WantedProduct, before: readonly Price[]): void {
  const open = Map.groupBy(
    before.filter(({ validFrom, validUntil }) => validFrom === null && validUntil === null),
    priceName,
  );
  const met = new Set<Price>();
  for (const price of prices) {
    const name = priceName(price);
    const step = { what: "price", product: key, name } as const;
    const same = open.get(name) ?? [];
    const found = same.find(({ active }) => active) ?? same[0];
    if (!found) {
      plan.newPrices.push({ key, price });
      plan.steps.push({
        ...step,
        outcome: "created",
        changes: { unitAmountMinor: [null, `${price.unitAmountMinor}`] },
      });
      continue;
    }
    met.add(found);
    const after = { ...found, unitAmountMinor: price.unitAmountMinor, active: true };
    const changes = differencesOf(found, after);
    plan.steps.push({ ...step, ...outcomeOf(changes) });
    if (Object.keys(changes).length > 0) plan.prices.push(after);
  }
  for (const price of [...open.values()].flat().filter((one) => one.active && !met.has(one))) {
    plan.prices.push({ ...price, active: false });
    plan.steps.push({ what: "price", product: key, name: priceName(price), outcome: "deactivated", changes: {} });
  }
  const count = before.length + prices.length - met.size;
  if (count > mostPrices) plan.faults.push(tooMany(`${pointer}/pricing`, count, "prices", mostPrices));
}

function tooMany(pointer: string, count: number, what: string, most: number): Fault {
  return { pointer, detail: `The product would have ${count} ${what}, and may have ${most}.` };
}

function planTranslations(
  plan: SetupPlan,
  { key, translations, pointer }: WantedProduct,
  { productId, before }: { productId: string; before: readonly Translation[] },
): void {
  const open = new Map(before.map((words) => [words.language, words]));
  for (const words of translations) {
    const step = { what: "translation", product: key, name: words.language } as const;
    const found = open.get(words.language);
    open.delete(words.language);
    if (!found) {
      plan.newTranslations.push({ key, words });
      plan.steps.push({ ...step, outcome: "created", changes: {} });
      continue;
    }
    const changes = differencesOf<Translation>(found, words);
    plan.steps.push({ ...step, ...outcomeOf(changes) });
    if (Object.keys(changes).length > 0) plan.translations.push({ ...words, productId });
  }
  for (const language of open.keys()) {
    plan.steps.push({ what: "translation", product: key, name: language, outcome: "left", changes: {} });
  }
  const count = translations.length + open.size;
  if (count > mostTranslations)
    plan.faults.push(tooMany(`${pointer}/translation`, count, "languages", mostTranslations));
}
