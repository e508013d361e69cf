import { invalidInput } from "../http/http-errors.ts";
import type { Clock } from "../platform/clock.ts";
import type { Sql } from "../platform/db.ts";
import { productNotFound } from "./catalog-errors.ts";
import { findTaxRates } from "./find-tax-rates.ts";
import { Memory, ReadingMemory } from "./memory.ts";
import { languagesOf } from "./read-languages.ts";
import { type Page, renderProduct, renderProducts } from "./render-page.ts";
import { readShown, type ShownProduct } from "./showing.ts";
import { countShown, findShown, listShown } from "./shown-queries.ts";
import type { Viewer } from "./store-product-view.ts";
import { translationFor } from "./translation.ts";
import { type Era, watchVersion } from "./watch-version.ts";

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

/** A page, and until when it is right unless somebody changes the catalogue; null when no end is known. */
export interface ShownPage {
  readonly page: Page;
  readonly until: Date | null;
}

/** What shoppers see of the catalogue. */
export interface Storefront {
  /** @throws product.not_found, http.invalid_input */
  product(key: string, asked: Asked): Promise<ShownPage>;
  /** Those with a price in the currency, by pages that are counted from 1. @throws http.invalid_input */
  products(place: { page: number; pageSize: number }, asked: Asked): Promise<ShownPage>;
}

interface Shelf {
  readonly era: Era;
  readonly memory: ReadingMemory;
}

const rememberedBytes = 16_777_216; // Some thousand products with their pages in a few languages.
const headerBytes = 1_048_576; // Browsers send some hundred different headers; whoever sends more is read anew each time.
const bytesOfCharacter = 2;
/** As far as products are counted and leafed through: further on somebody reads the whole list for each page. */
const mostListed = 10_000;

function placeOf({ country, region }: Asked, store: StorePlace): { country: string; region: string | null } {
  const place = country ?? region?.slice(0, region.indexOf("-")) ?? store.country;
  if (region === undefined || region.startsWith(`${place}-`)) return { country: place, region: region ?? null };
  const faults = [{ pointer: "/region", detail: `Must be a region of ${place}.` }];
  throw invalidInput({ what: "query" }, { faults });
}

function bytesOfJson(value: unknown): number {
  return (
    JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? String(member) : member)).length * 2
  );
}

function bytesOfPage({ body, tag, languages }: Page): number {
  return body.length + (tag.length + languages.length) * bytesOfCharacter;
}

/**
 * Opens the storefront over the catalogue. What was read and rendered is remembered, within a limit of bytes, for as long
 * as the catalogue's version stays and no price or tax rate begins or ends: any process shows a change a second after it
 * was committed. ADR 0029.
 */
export function openStorefront(sql: Sql, clock: Clock, store: StorePlace): Storefront {
  const eraNow = watchVersion(sql, clock);
  const headers = new Memory<readonly string[]>(headerBytes);
  let shelf: Shelf | undefined;

  /** Each era has a memory of its own: who began to read in the one before can put nothing into it. */
  async function openShelf(): Promise<Shelf> {
    const era = await eraNow();
    if (shelf?.era !== era) shelf = { era, memory: new ReadingMemory(rememberedBytes) };
    return shelf;
  }

  function languagesIn(header: string | undefined): readonly string[] {
    if (header === undefined) return [];
    return headers.recall(header) ?? headers.remember(header, languagesOf(header), header.length * bytesOfCharacter);
  }

  async function viewerOf(asked: Asked, { memory }: Shelf): Promise<{ viewer: Viewer; place: string }> {
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
    async product(key, asked) {
      const open = await openShelf();
      const { memory, era } = open;
      const { viewer, place } = await viewerOf(asked, open);
      const product = await memory.load(`product ${key}`, () => readProduct(key), bytesOfJson);
      const language = translationFor(product.translations, viewer.languages)?.language;
      const name = `page ${key} ${language} ${place}`;
      const page = memory.make(name, () => renderProduct(product, viewer), bytesOfPage);
      return { page, until: era.until };
    },

    async products({ page: number, pageSize }, asked) {
      const open = await openShelf();
      const { memory, era } = open;
      const { viewer, place } = await viewerOf(asked, open);
      const { currency, languages } = viewer;
      const part = `${number} ${pageSize}`;
      const read = () => readProducts(currency, (number - 1) * pageSize, pageSize);
      const { products, total } = await memory.load(`products ${part} ${currency}`, read, bytesOfJson);
      const render = () => renderProducts(products, viewer, { page: number, pageSize, total });
      const page = memory.make(`list ${part} ${place} ${languages.join(",")}`, render, bytesOfPage);
      return { page, until: era.until };
    },
  };
}
