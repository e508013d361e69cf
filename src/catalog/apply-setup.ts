import { type Doer, recordAction } from "../audit/index.ts";
import type { Sql, Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { enqueue, queued } from "../platform/jobs.ts";
import { columnsOf } from "../platform/statements.ts";
import type { KeptPicture } from "./add-image.ts";
import { mediaTypes } from "./image.ts";
import { insertImage } from "./image-queries.ts";
import { planSetup } from "./plan-setup.ts";
import { removeImageFiles } from "./remove-image-files.ts";
import { fieldsOf, type SetupTaxRate } from "./setup.ts";
import type { KeptCatalogue, SetupPlan, WantedProduct } from "./setup-plan.ts";
import {
  deleteImages,
  findSetupImages,
  findSetupPrices,
  findSetupProducts,
  findSetupTaxRates,
  findSetupTranslations,
  findSkuHolders,
  freeSkus,
  insertPrices,
  insertProducts,
  insertTaxRates,
  insertTranslations,
  lockSetup,
  lockSetupProducts,
  setImages,
  setPrices,
  setProducts,
  setTranslations,
} from "./setup-queries.ts";
import { lockTaxesOf, setTaxRate } from "./tax-rate-queries.ts";

/** What a file describes, with pictures whose content is known. */
export interface WantedCatalogue {
  readonly products: readonly WantedProduct[];
  readonly taxRates: readonly SetupTaxRate[];
}

type Named = Pick<WantedProduct, "key" | "taxCode" | "given">;

/** What there is of all that a file describes, as far as plain reading tells. */
export async function findKeptCatalogue(
  sql: Sql,
  { products: wanted, taxRates }: { products: readonly Named[]; taxRates: readonly SetupTaxRate[] },
): Promise<KeptCatalogue> {
  const products = await findSetupProducts(sql, { keys: wanted.map(({ key }) => key) });
  const productIds = products.map(({ productId }) => productId);
  const given = wanted.map((one) => fieldsOf(one).sku);
  const skus = [...new Set([...given, ...products.map(({ sku }) => sku)])];
  return {
    products,
    prices: await findSetupPrices(sql, { productIds }),
    translations: await findSetupTranslations(sql, { productIds }),
    images: await findSetupImages(sql, { productIds }),
    taxRates: await findSetupTaxRates(sql, { countries: countriesOf(taxRates) }),
    skus: await findSkuHolders(sql, { skus }),
  };
}

function countriesOf(rates: readonly SetupTaxRate[]): string[] {
  return [...new Set(rates.map(({ country }) => country))].sort();
}

export interface ApplySetup {
  readonly wanted: WantedCatalogue;
  /** The files of new pictures, by the place that the picture has in the file. */
  readonly kept: ReadonlyMap<string, KeptPicture>;
  readonly by: Doer;
}

/**
 * Makes the catalogue as a file describes it and answers what that took; with faults in it nothing was written. What is
 * so already is not touched.
 *
 * Locks the setup of the catalogue, the products in ascending order, then the countries of the tax rates; of two at once
 * the second finds what the first wrote. A second call writes nothing.
 */
export async function applySetup(tx: Tx, { wanted, kept, by }: ApplySetup, now: Date): Promise<SetupPlan> {
  await lockSetup(tx, {});
  await lockSetupProducts(tx, { keys: wanted.products.map(({ key }) => key) });
  for (const country of countriesOf(wanted.taxRates)) await lockTaxesOf(tx, { country });
  const catalogue = await findKeptCatalogue(tx, wanted);
  const plan = planSetup(wanted, catalogue);
  for (const { picture } of plan.newImages.filter((one) => !kept.has(one.picture.pointer))) {
    plan.faults.push({ pointer: picture.pointer, detail: "The product lost this picture meanwhile: run it again." });
  }
  if (plan.faults.length > 0) return plan;
  const ids = await writeProducts(tx, plan, catalogue, now);
  await writePrices(tx, plan, ids, now);
  await insertTranslations(
    tx,
    plan.newTranslations.map(({ key, words }) => ({ ...words, productId: idOf(ids, key) })),
  );
  await writeChangedTranslations(tx, plan);
  await writeImages(tx, plan, { ids, kept, now });
  await writeTaxRates(tx, plan, now);
  await record(tx, plan, by, now);
  return plan;
}

type Ids = ReadonlyMap<string, string>;

function idOf(ids: Ids, key: string): string {
  const id = ids.get(key);
  if (id === undefined) throw new Error(`The product ${key} was neither found nor made.`);
  return id;
}

/** Ids that sort as the things are listed, though all are of one moment. */
function idsInOrder(count: number, now: Date): string[] {
  return Array.from({ length: count }, () => uuidV7(now)).sort();
}

async function writeProducts(tx: Tx, plan: SetupPlan, kept: KeptCatalogue, now: Date): Promise<Ids> {
  if (plan.freedSkus.length > 0) await freeSkus(tx, { productIds: plan.freedSkus });
  if (plan.products.length > 0) {
    const columns = columnsOf(plan.products, {
      productIds: ({ productId }) => productId,
      sku: ({ sku }) => sku,
      providerId: ({ providerId }) => providerId,
      taxCode: ({ taxCode }) => taxCode,
      shippable: ({ shippable }) => shippable,
      consumable: ({ consumable }) => consumable,
      active: ({ active }) => active,
    });
    await setProducts(tx, { ...columns, now });
  }
  const fresh = idsInOrder(plan.newProducts.length, now);
  const rows = plan.newProducts.map((fields, index) => ({ ...fields, productId: fresh[index] as string, now }));
  await insertProducts(tx, rows);
  return new Map([...kept.products, ...rows].map(({ key, productId }) => [key, productId]));
}

async function writePrices(tx: Tx, plan: SetupPlan, ids: Ids, now: Date): Promise<void> {
  const fresh = idsInOrder(plan.newPrices.length, now);
  await insertPrices(
    tx,
    plan.newPrices.map(({ key, price }, index) => ({
      ...price,
      priceId: fresh[index] as string,
      productId: idOf(ids, key),
      active: true,
      now,
    })),
  );
  if (plan.prices.length === 0) return;
  const columns = columnsOf(plan.prices, {
    priceIds: ({ priceId }) => priceId,
    amounts: ({ unitAmountMinor }) => unitAmountMinor,
    actives: ({ active }) => active,
  });
  await setPrices(tx, { ...columns, now });
}

async function writeChangedTranslations(tx: Tx, { translations }: SetupPlan): Promise<void> {
  if (translations.length === 0) return;
  await setTranslations(
    tx,
    columnsOf(translations, {
      productIds: ({ productId }) => productId,
      language: ({ language }) => language,
      name: ({ name }) => name,
      checkoutDescription: ({ checkoutDescription }) => checkoutDescription,
      description: ({ description }) => description,
      statementDescriptor: ({ statementDescriptor }) => statementDescriptor,
    }),
  );
}

async function writeImages(
  tx: Tx,
  plan: SetupPlan,
  { ids, kept, now }: { ids: Ids; kept: ApplySetup["kept"]; now: Date },
): Promise<void> {
  const { newImages, images, goneImages } = plan;
  if (goneImages.length > 0) {
    await deleteImages(tx, { imageIds: goneImages });
    await enqueue(tx, [queued(removeImageFiles, { imageIds: goneImages })]);
  }
  // Each was decoded for longer than its row takes.
  for (const { key, picture, sortOrder } of newImages) {
    const { bytes, ...files } = kept.get(picture.pointer) as KeptPicture;
    const { title, contentHash } = picture;
    const row = { ...files, productId: idOf(ids, key), title, sortOrder, contentHash };
    await insertImage(tx, { ...row, mediaType: mediaTypes.webp, bytes: BigInt(bytes), now });
  }
  if (images.length === 0) return;
  await setImages(
    tx,
    columnsOf(images, {
      imageIds: ({ imageId }) => imageId,
      titles: ({ title }) => title,
      sortOrders: ({ sortOrder }) => sortOrder,
    }),
  );
}

async function writeTaxRates(tx: Tx, { newTaxRates, taxRates }: SetupPlan, now: Date): Promise<void> {
  const fresh = idsInOrder(newTaxRates.length, now);
  await insertTaxRates(
    tx,
    newTaxRates.map((rate, index) => ({ ...rate, taxRateId: fresh[index] as string, now })),
  );
  for (const { country: _, region: __, taxCode: ___, ...terms } of taxRates) await setTaxRate(tx, { ...terms, now });
}

/** One entry for all of it: what each thing became can be told from the file, which may have thousands. */
async function record(tx: Tx, { steps }: SetupPlan, by: Doer, now: Date): Promise<void> {
  const written = steps.filter(({ outcome }) => outcome !== "unchanged" && outcome !== "left");
  if (written.length === 0) return;
  const counts = Object.groupBy(written, ({ what, outcome }) => `${what} ${outcome}`);
  const detail = Object.fromEntries(Object.entries(counts).map(([name, all = []]) => [name, all.length]));
  await recordAction(tx, { by, action: "catalog.set_up", subject: "catalogue", detail }, now);
}
