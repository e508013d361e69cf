import type { Clock } from "../platform/clock.ts";
import type { Sql } from "../platform/db.ts";
import { productNotFound } from "./catalog-errors.ts";
import { type Asked, bytesOfPage, type ListPart, openPageMaker, type StorePlace } from "./make-pages.ts";
import { ReadingMemory } from "./memory.ts";
import { productKeyPattern } from "./product.ts";
import type { Page } from "./render-page.ts";
import { type Era, watchVersion } from "./watch-version.ts";

/** A page, and until when it is right unless somebody changes the catalogue; null when no end is known. */
export interface ShownPage {
  readonly page: Page;
  readonly until: Date | null;
}

/** What shoppers see of the catalogue. One that is remembered is answered at once: turns of promises cost as much. */
export interface Storefront {
  /** @throws product.not_found, http.invalid_input */
  product(key: string, asked: Asked): ShownPage | Promise<ShownPage>;
  /** Those with a price in the currency. @throws http.invalid_input */
  products(part: ListPart, asked: Asked): ShownPage | Promise<ShownPage>;
}

interface Shelf {
  readonly era: Era;
  readonly memory: ReadingMemory;
}

const rememberedBytes = 16_777_216; // Some thousand products with their pages in a few languages.
const keyShape = new RegExp(productKeyPattern);

/** Neither a query that was checked nor a header has a line break: two that differ have different words. */
function wordsOf({ acceptLanguage, currency, country, region }: Asked): string {
  return `${currency}\n${country}\n${region}\n${acceptLanguage}`;
}

function bytesOfShown({ page }: ShownPage): number {
  return bytesOfPage(page);
}

/**
 * Opens the storefront over the catalogue. What was read and rendered is remembered, within a limit of bytes, for as long
 * as the catalogue's version stays and no price or tax rate begins or ends: any process shows a change a second after it
 * was committed. ADR 0029.
 */
export function openStorefront(sql: Sql, clock: Clock, store: StorePlace): Storefront {
  const maker = openPageMaker(sql, clock, store);
  const eraNow = watchVersion(sql, clock);
  let shelf: Shelf | undefined;

  type Make = (memory: ReadingMemory) => Promise<Page>;

  /** Each era has a memory of its own: who began to read in the one before can put nothing into it. */
  function showIn(era: Era, name: string, make: Make): ShownPage | Promise<ShownPage> {
    if (shelf?.era !== era) shelf = { era, memory: new ReadingMemory(rememberedBytes) };
    const { memory } = shelf;
    const known = memory.recall<ShownPage>(name);
    if (known !== undefined) return known;
    return make(memory).then((page) => memory.make(name, () => ({ page, until: era.until }), bytesOfShown));
  }

  function show(name: string, make: Make): ShownPage | Promise<ShownPage> {
    const era = eraNow();
    return era instanceof Promise ? era.then((read) => showIn(read, name, make)) : showIn(era, name, make);
  }

  return {
    product(key, asked) {
      if (!keyShape.test(key)) throw productNotFound({ product: key });
      return show(`shown ${key}\n${wordsOf(asked)}`, (memory) => maker.product(memory, key, asked));
    },
    products(part, asked) {
      const name = `shown list ${part.page} ${part.pageSize}\n${wordsOf(asked)}`;
      return show(name, (memory) => maker.products(memory, part, asked));
    },
  };
}
