import { between, chance, type Dice, newestOf, oneOf } from "./choose.ts";
import type { Making, Starter, Values } from "./making.ts";

/** The keys of files with pictures, as the pool of all has them. */
export const pictureFiles = "picture files";

/** One of those that answers told, or nobody's. */
function named(dice: Dice, things: readonly Record<string, unknown>[], member: string): string {
  return things.length > 0 ? String(newestOf(dice, things)[member]) : "none";
}

/** A product of the campaign's own: those that are for sale stay. */
function product({ dice, all }: Making): Values {
  return { "{id}": named(dice, all.answersOf("createProduct"), chance(dice, 0.5) ? "id" : "key") };
}

function anyProduct({ dice, all }: Making): Values {
  return { "{id}": named(dice, all.seen("product"), chance(dice, 0.5) ? "id" : "key") };
}

const none = { product_id: "none", id: "none" };

function priceOf({ product_id, id }: Record<string, unknown>): Values {
  return { "{id}": product_id, "{price_id}": id };
}

function imageOf({ product_id, id }: Record<string, unknown>): Values {
  return { "{id}": product_id, "{image_id}": id };
}

function price({ dice, all }: Making): Values {
  const made = all.answersOf("createPrice");
  return priceOf(made.length > 0 ? newestOf(dice, made) : none);
}

function image({ dice, all }: Making): Values {
  const seen = all.seen("image");
  return imageOf(seen.length > 0 ? newestOf(dice, seen) : none);
}

/** What is taken away is mostly an older one, so that there is something left to look at. */
function anOldOne({ dice }: Making, made: readonly Record<string, unknown>[]): Record<string, unknown> {
  const older = made.slice(0, Math.max(1, made.length - 2));
  return older.length > 0 ? oneOf(dice, older) : none;
}

const taxRate: Starter = ({ dice, all }) => ({ "{id}": named(dice, all.answersOf("createTaxRate"), "id") });

const noSpan = { valid_from: undefined, valid_until: undefined };
const languages = ["ja", "zh-Hant"];

const words = (dice: Dice) => ({ statement_descriptor: chance(dice, 0.5) ? "ORDERWELL TEA" : undefined });

/** By operation: what is sold, as the back office keeps it. */
export const catalogueStarters: Readonly<Record<string, Starter>> = {
  createProduct: ({ dice }) => {
    const name = `fuzz-${between(dice, 1, 1_000_000_000)}`;
    return { key: name, sku: `SKU ${name}`, provider_id: oneOf(dice, ["own", "kiosk"]), tax_code: "fuzz" };
  },
  getProduct: anyProduct,
  listPrices: anyProduct,
  listTranslations: anyProduct,
  listImages: anyProduct,
  changeProduct: (making) => {
    const tax_code = oneOf(making.dice, ["fuzz", "books"]);
    return { ...product(making), key: undefined, sku: undefined, provider_id: undefined, tax_code };
  },
  deleteProduct: (making) => ({ "{id}": anOldOne(making, making.all.answersOf("createProduct")).id }),
  createPrice: (making) => ({
    ...product(making),
    ...noSpan,
    unit_amount: between(making.dice, 0, 100_000),
    currency: oneOf(making.dice, ["JPY", "USD", "KWD"]),
  }),
  getPrice: price,
  changePrice: (making) => ({ ...price(making), ...noSpan, unit_amount: between(making.dice, 0, 100_000) }),
  deletePrice: (making) => priceOf(anOldOne(making, making.all.answersOf("createPrice"))),
  setTranslation: (making) => ({
    ...product(making),
    ...words(making.dice),
    "{language}": oneOf(making.dice, languages),
  }),
  // Those that are for sale have words in English.
  getTranslation: ({ dice, all }) => ({
    "{id}": oneOf(dice, all.named("keys for sale")),
    "{language}": oneOf(dice, ["en", "en", "ja"]),
  }),
  deleteTranslation: (making) => ({ ...product(making), "{language}": oneOf(making.dice, languages) }),
  createTaxRate: ({ dice }) => ({
    ...noSpan,
    country: oneOf(dice, ["JP", "DE"]),
    region: undefined,
    percentage: between(dice, 0, 1_000_000) / 10_000,
    // No code of what is for sale: carts would cost something else than they showed.
    tax_code: `fuzz-${between(dice, 1, 1_000_000_000)}`,
  }),
  getTaxRate: taxRate,
  changeTaxRate: (making) => ({ ...taxRate(making), ...noSpan, percentage: between(making.dice, 0, 10_000) / 100 }),
  deleteTaxRate: taxRate,
  addImage: (making) => {
    const files = making.all.named(pictureFiles);
    return { ...product(making), ...(files.length > 0 ? { blob_key: oneOf(making.dice, files) } : {}) };
  },
  getImage: image,
  changeImage: image,
  deleteImage: (making) => imageOf(anOldOne(making, making.all.answersOf("addImage"))),
  getPicture: image,
  getThumbnail: (making) => ({ ...image(making), "{file}": oneOf(making.dice, ["160.webp", "160.avif", "320.webp"]) }),
};
