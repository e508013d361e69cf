import { invalidInput } from "../http/http-errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Sql } from "../platform/db.ts";
import { productNotFound } from "./catalog-errors.ts";
import { findTaxRates } from "./find-tax-rates.ts";
import { Memory, type ReadingMemory } from "./memory.ts";
import { languagesOf } from "./read-languages.ts";
import { type Page, renderProduct, renderProducts } from "./render-page.ts";
import { readShown, type ShownProduct } from "./showing.ts";
import { countShown, findShown, listShown } from "./shown-queries.ts";
import type { Viewer } from "./store-product-view.ts";
import { translationFor } from "./translation.ts";

/** Where the shop is, for whoever does not say where they are. */
export interface StorePlace {
  readonly country: string;
  readonly currency: string;
}

/** For whom something is shown, as they say it. */
export interface Asked {
  readonly acceptLanguage: string | undefined;
  readonly currency?: string | undefined;
  readonly country?: string | undefined;
  readonly region?: string | undefined;
}

/** Which part of a list is wanted. */
export interface ListPart {
  /** From 1 on. */
  readonly page: number;
  readonly pageSize: number;
}

/** Makes pages of the store from what a memory has, and reads into it what it lacks. */
export interface PageMaker {
  /** @throws product.not_found, http.invalid_input */
  product(memory: ReadingMemory, key: string, asked: Asked): Promise<Page>;
  /** @throws http.invalid_input */
  products(memory: ReadingMemory, part: ListPart, asked: Asked): Promise<Page>;
}

const headerBytes = 1_048_576; // Browsers send some hundred different headers; whoever sends more has each read anew.
const bytesOfCharacter = 2;
/** As far as products are counted and leafed through: further on, each page would cost a walk over all before it. */
const mostListed = 10_000;

function placeOf({ country, region }: Asked, store: StorePlace): { country: string; region: string | null } {
  const place = country ?? region?.slice(0, region.indexOf("-")) ?? store.country;
  if (region === undefined || region.startsWith(`${place}-`)) return { country: place, region: region ?? null };
  const faults = [{ pointer: "/region", detail: `Must be a region of ${place}.` }];
  throw invalidInput({ what: "query" }, { faults });
}

function bytesOfJson(value: unknown): number {
  const text = JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? String(member) : member));
  return text.length * bytesOfCharacter;
}

export function bytesOfPage({ body, tag, languages }: Page): number {
  return body.length + (tag.length + languages.length) * bytesOfCharacter;
}

/** Opens the maker over the catalogue; of what it reads it keeps nothing but headers that it has understood. */
export function openPageMaker(sql: Sql, clock: Clock, store: StorePlace): PageMaker {
  const headers = new Memory<readonly string[]>(headerBytes);

  function languagesIn(header: string | undefined): readonly string[] {
    if (header === undefined) return [];
    return headers.recall(header) ?? headers.remember(header, languagesOf(header), header.length * bytesOfCharacter);
  }

  async function viewerOf(asked: Asked, memory: ReadingMemory): Promise<{ viewer: Viewer; place: string }> {
    const { country, region: wanted } = placeOf(asked, store);
    const read = () => findTaxRates(sql, { country, at: clock.now() });
    const rates = await memory.load(`rates ${country}`, read, bytesOfJson);
    // Places that are taxed alike share their pages.
    const region = rates.some((rate) => rate.region === wanted) ? wanted : null;
    const currency = asked.currency ?? store.currency;
    const viewer = { languages: languagesIn(asked.acceptLanguage), currency, rates, region };
    return { viewer, place: `${currency} ${rates.length > 0 ? country : ""} ${region ?? ""}` };
  }

  async function readProduct(key: string): Promise<ShownProduct> {
    const row = await findShown(sql, { key, at: clock.now() });
    if (!row) throw productNotFound({ product: key });
    return readShown(row);
  }

  async function readProducts(currency: string, skip: number, limit: number) {
    const at = clock.now();
    const [rows, { count }] = await Promise.all([
      skip < mostListed ? listShown(sql, { currency, at, skip, limit }) : [],
      countShown(sql, { currency, at, most: mostListed }),
    ]);
    return { products: rows.map(readShown), total: count };
  }

  return {
    async product(memory, key, asked) {
      const { viewer, place } = await viewerOf(asked, memory);
      const product = await memory.load(`product ${key}`, () => readProduct(key), bytesOfJson);
      const language = translationFor(product.translations, viewer.languages)?.language;
      return memory.make(`page ${key} ${language} ${place}`, () => renderProduct(product, viewer), bytesOfPage);
    },

    async products(memory, { page, pageSize }, asked) {
      const { viewer, place } = await viewerOf(asked, memory);
      const { currency, languages } = viewer;
      const part = `${page} ${pageSize}`;
      const read = () => readProducts(currency, (page - 1) * pageSize, pageSize);
      const { products, total } = await memory.load(`products ${part} ${currency}`, read, bytesOfJson);
      const render = () => renderProducts(products, viewer, { page, pageSize, total });
      return memory.make(`list ${part} ${place} ${languages.join(",")}`, render, bytesOfPage);
    },
  };
}
