import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import {
  givenImageRow,
  givenPrice,
  givenProduct,
  givenTaxRate,
  givenTranslation,
  tea,
} from "../../test/support/given-products.ts";
import type { Sql, Tx } from "../platform/db.ts";
import { changePrice } from "./change-price.ts";
import { createProduct } from "./create-product.ts";
import { deleteProduct } from "./delete-product.ts";
import type { Asked } from "./make-pages.ts";
import { openStorefront, type Storefront } from "./open-storefront.ts";
import type { StoreProductListView, StoreProductView } from "./store-product-view.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const store = { country: "US", currency: "USD" };
const anybody: Asked = { acceptLanguage: undefined };
const secondMs = 1_000;

let database: TestDatabase;
let now: Date;
let sent: string[];
let watched: Sql;
let front: Storefront;

const clock = { now: () => now };
const pass = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const write = <Result>(work: (tx: Tx) => Promise<Result>) => database.db.transaction(work);

beforeEach(async () => {
  database = await testDatabase();
  now = noon;
  sent = [];
  watched = {
    run(text, params) {
      sent.push(text.name);
      return database.db.run(text, params);
    },
  };
  front = openStorefront(watched, clock, store);
});

async function shown(key: string, asked: Partial<Asked> = {}, at = front): Promise<StoreProductView> {
  const { page } = await at.product(key, { ...anybody, ...asked });
  return JSON.parse(page.body.toString()) as StoreProductView;
}

async function amountOf(key: string, at = front): Promise<number> {
  return Number((await shown(key, {}, at)).prices[0]?.unit_amount);
}

async function listed(asked: Partial<Asked> = {}, place = { page: 1, pageSize: 20 }): Promise<StoreProductListView> {
  const { page } = await front.products(place, { ...anybody, ...asked });
  return JSON.parse(page.body.toString()) as StoreProductListView;
}

/** One product with one price, and that price's id. */
function givenTea(amount = 1000n): Promise<string> {
  return write(async (tx) => {
    await givenProduct(tx);
    return (await givenPrice(tx, "tea", { unitAmountMinor: amount })).priceId;
  });
}

function reprice(price: string, unitAmountMinor: bigint): Promise<unknown> {
  return write((tx) => changePrice(tx, { product: "tea", price, change: { unitAmountMinor }, by }, now));
}

describe("what the storefront shows", () => {
  test("has a product with its words, prices, taxes and pictures", async () => {
    const { productId, priceId, imageId } = await write(async (tx) => {
      const { productId } = await givenProduct(tx);
      const { priceId } = await givenPrice(tx, "tea", { interval: "month", intervalCount: 3 });
      await givenTranslation(tx, "tea", "en", "Tea");
      await givenTaxRate(tx);
      return { productId, priceId, imageId: await givenImageRow(tx, productId) };
    });
    assert.deepEqual(await shown("tea"), {
      id: productId,
      key: "tea",
      language: "en",
      name: "Tea",
      checkout_description: "Tea, short",
      description: "Tea, long",
      provider_id: "own",
      shippable: true,
      consumable: false,
      availability: "available",
      prices: [
        {
          pricing_id: priceId,
          unit_amount: 1000,
          currency: "USD",
          interval: "month",
          interval_count: 3,
          valid_until: null,
          tax: {
            name: "Tax",
            percentage: 10,
            inclusive: false,
            tax_amount: 100,
            amount_without_tax: 1000,
            amount_with_tax: 1100,
          },
        },
      ],
      images: [
        {
          image_id: imageId,
          title: "Tea",
          width: 800,
          height: 600,
          url: `/api/store/images/${imageId}`,
          thumbnails: [
            { width: 160, media_type: "image/webp", url: `/api/store/images/${imageId}/160.webp` },
            { width: 160, media_type: "image/avif", url: `/api/store/images/${imageId}/160.avif` },
            { width: 320, media_type: "image/webp", url: `/api/store/images/${imageId}/320.webp` },
            { width: 320, media_type: "image/avif", url: `/api/store/images/${imageId}/320.avif` },
          ],
        },
      ],
    });
  });

  test("has every valid price, those of the currency that is asked for first, paid once before again", async () => {
    await write(async (tx) => {
      await givenProduct(tx);
      await givenPrice(tx, "tea", { currency: "JPY", unitAmountMinor: 5n });
      await givenPrice(tx, "tea", { interval: "year", unitAmountMinor: 4n });
      await givenPrice(tx, "tea", { unitAmountMinor: 2n });
      await givenPrice(tx, "tea", { unitAmountMinor: 1n });
      await givenPrice(tx, "tea", { currency: "EUR", unitAmountMinor: 3n });
      await givenPrice(tx, "tea", { active: false, unitAmountMinor: 9n });
      await givenPrice(tx, "tea", { validFrom: new Date("2030-01-01"), unitAmountMinor: 9n });
      await givenPrice(tx, "tea", { validUntil: new Date("2020-01-01"), unitAmountMinor: 9n });
    });
    const amounts = async (asked: Partial<Asked>) =>
      (await shown("tea", asked)).prices.map(({ unit_amount }) => Number(unit_amount));
    assert.deepEqual(await amounts({}), [1, 2, 4, 3, 5]);
    assert.deepEqual(await amounts({ currency: "JPY" }), [5, 3, 1, 2, 4]);
    assert.deepEqual(await amounts({ currency: "GBP" }), [3, 5, 1, 2, 4]);
  });

  test("has no product that is not sold, and says of one without a price that it cannot be had", async () => {
    await write(async (tx) => {
      await givenProduct(tx);
      await givenProduct(tx, { key: "off", active: false });
      await givenPrice(tx, "off");
    });
    const { id, availability, prices, name, language } = await shown("tea");
    assert.deepEqual([availability, prices, name, language], ["unavailable", [], "tea", null]);
    for (const key of ["off", "lost", id, "list 1 20", "tea\nUSD"])
      await assert.rejects(shown(key), { code: "product.not_found" });
  });

  test("speaks the reader's language, and says which", async () => {
    await givenTea();
    await write(async (tx) => {
      await givenTranslation(tx, "tea", "en", "Tea");
      await givenTranslation(tx, "tea", "ja", "茶");
    });
    for (const [acceptLanguage, language, name] of [
      ["ja-JP,ja;q=0.9,en;q=0.8", "ja", "茶"],
      ["fr,en;q=0.1,ja;q=0.5", "ja", "茶"],
      ["fr", "en", "Tea"],
      [undefined, "en", "Tea"],
    ] as const) {
      const { page } = await front.product("tea", { acceptLanguage });
      assert.equal(page.languages, language);
      assert.equal((JSON.parse(page.body.toString()) as StoreProductView).name, name);
    }
  });

  test("shows the tax of the reader's country and region, and the store's for who says nothing", async () => {
    await givenTea();
    await write(async (tx) => {
      await givenTaxRate(tx, { name: "US" });
      await givenTaxRate(tx, { name: "US-CA", region: "US-CA" });
      await givenTaxRate(tx, { name: "JP", country: "JP", inclusive: true });
      await givenTaxRate(tx, { name: "over", country: "FR", validUntil: new Date("2021-01-01") });
    });
    const taxOf = async (asked: Partial<Asked>) => (await shown("tea", asked)).prices[0]?.tax?.name ?? null;
    assert.equal(await taxOf({}), "US");
    assert.equal(await taxOf({ region: "US-CA" }), "US-CA");
    assert.equal(await taxOf({ country: "US", region: "US-NY" }), "US");
    assert.equal(await taxOf({ country: "JP" }), "JP");
    assert.equal(await taxOf({ region: "JP-13" }), "JP");
    assert.equal(await taxOf({ country: "FR" }), null);
    await assert.rejects(taxOf({ country: "JP", region: "US-CA" }), { code: "http.invalid_input" });
  });

  test("lists what is sold in a currency, oldest first, page by page, with those prices alone", async () => {
    await write(async (tx) => {
      for (const [index, key] of ["f", "b", "c", "d", "e", "a"].entries()) {
        const fields = { ...tea, key, sku: key, active: key !== "e" };
        await createProduct(tx, { fields, by }, new Date(noon.getTime() + index));
        if (key !== "b") await givenPrice(tx, key, { unitAmountMinor: BigInt(index) });
        await givenPrice(tx, key, { currency: "JPY" });
      }
      await givenTranslation(tx, "a", "en", "A");
      await givenTranslation(tx, "c", "ja", "C");
    });
    const first = await listed({}, { page: 1, pageSize: 2 });
    const second = await listed({}, { page: 2, pageSize: 2 });
    const third = await listed({}, { page: 3, pageSize: 2 });
    assert.deepEqual([first.total, first.page, first.page_size], [4, 1, 2]);
    assert.deepEqual(
      [...first.data, ...second.data].map(({ key }) => key),
      ["f", "c", "d", "a"],
    );
    assert.deepEqual([third.data, third.total], [[], 4]);
    for (const { prices } of [...first.data, ...second.data])
      assert.deepEqual(
        prices.map(({ currency }) => currency),
        ["USD"],
      );
    assert.equal((await listed({ currency: "JPY" })).total, 5);
    assert.deepEqual(await listed({ currency: "EUR" }), { data: [], page: 1, page_size: 20, total: 0 });
    const { page } = await front.products({ page: 1, pageSize: 20 }, { acceptLanguage: "ja" });
    assert.deepEqual(page.languages.split(", ").sort(), ["en", "ja"]);
    assert.deepEqual((await listed({}, { page: 10_000, pageSize: 100 })).data, []);
  });
});

describe("what the storefront remembers", () => {
  test("is read once and shown as often as it is asked for", async () => {
    await givenTea();
    const asked = Array.from({ length: 20 }, () => front.product("tea", anybody));
    const [first, ...others] = await Promise.all(asked);
    for (const other of others) assert.equal(other.page, first?.page);
    await front.product("tea", anybody);
    assert.deepEqual(sent, ["catalog.find_version", "catalog.list_tax_rates_in_force", "catalog.find_shown"]);
  });

  test("is the same page for readers who see the same: other headers, places that are taxed alike", async () => {
    await givenTea();
    await write(async (tx) => {
      await givenTranslation(tx, "tea", "en", "Tea");
      await givenTaxRate(tx);
    });
    const { page } = await front.product("tea", anybody);
    for (const asked of [
      { acceptLanguage: "en" },
      { acceptLanguage: "fr-FR, fr;q=0.3" },
      { acceptLanguage: undefined, region: "US-NY" },
      { acceptLanguage: undefined, currency: "USD", country: "US" },
    ])
      assert.equal((await front.product("tea", asked)).page, page);
  });

  test("is forgotten within a second of a change, in every process, and not a moment earlier than it is read", async () => {
    const price = await givenTea();
    const other = openStorefront(database.db, clock, store);
    assert.deepEqual([await amountOf("tea"), await amountOf("tea", other)], [1000, 1000]);
    await reprice(price, 1100n);
    pass(secondMs - 1);
    assert.equal(await amountOf("tea"), 1000);
    pass(1);
    assert.deepEqual([await amountOf("tea"), await amountOf("tea", other)], [1100, 1100]);
    assert.equal((await listed()).data[0]?.prices[0]?.unit_amount, 1100);
  });

  test("stays for as long as nothing changes, at the price of one question a second", async () => {
    await givenTea();
    const { page } = await front.product("tea", anybody);
    sent.length = 0;
    for (let second = 0; second < 3; second += 1) {
      pass(secondMs);
      assert.equal((await front.product("tea", anybody)).page, page);
      assert.equal((await front.product("tea", anybody)).page, page);
    }
    assert.deepEqual(sent, ["catalog.find_version", "catalog.find_version", "catalog.find_version"]);
  });

  test("is read again when the clock was set back", async () => {
    const price = await givenTea();
    assert.equal(await amountOf("tea"), 1000);
    await reprice(price, 1100n);
    pass(-3_600 * secondMs);
    assert.equal(await amountOf("tea"), 1100);
  });

  test("ends at the very moment at which a price begins or ends by itself, and says so before", async () => {
    await givenTea();
    const begins = new Date(noon.getTime() + 500);
    const ends = new Date(noon.getTime() + 900);
    await write((tx) => givenPrice(tx, "tea", { unitAmountMinor: 1n, validFrom: begins, validUntil: ends }));
    const amounts = async () => (await shown("tea")).prices.map(({ unit_amount }) => Number(unit_amount));
    const untilOf = async () => (await front.product("tea", anybody)).until;
    assert.deepEqual([await amounts(), await untilOf()], [[1000], begins]);
    pass(499);
    assert.deepEqual(await amounts(), [1000]);
    pass(1);
    assert.deepEqual([await amounts(), await untilOf()], [[1, 1000], ends]);
    pass(399);
    assert.deepEqual(await amounts(), [1, 1000]);
    pass(1);
    assert.deepEqual([await amounts(), await untilOf()], [[1000], null]);
  });

  test("ends when a tax rate begins or ends by itself", async () => {
    await givenTea();
    const begins = new Date(noon.getTime() + 500);
    await write(async (tx) => {
      await givenTaxRate(tx, { name: "old", validUntil: begins });
      await givenTaxRate(tx, { name: "new", validFrom: begins });
    });
    const taxOf = async () => (await shown("tea")).prices[0]?.tax?.name;
    assert.equal(await taxOf(), "old");
    pass(500);
    assert.equal(await taxOf(), "new");
  });

  test("has nothing of a product that is gone", async () => {
    await givenTea();
    assert.equal(await amountOf("tea"), 1000);
    await write((tx) => deleteProduct(tx, { product: "tea", by }, now));
    pass(secondMs);
    await assert.rejects(shown("tea"), { code: "product.not_found" });
    assert.equal((await listed()).total, 0);
  });

  test("shows at once what was not there when it was asked for before", async () => {
    await assert.rejects(shown("tea"), { code: "product.not_found" });
    await givenTea();
    assert.equal(await amountOf("tea"), 1000);
  });

  test("takes nothing that was read before the change into the time after it", async () => {
    const price = await givenTea();
    const slow = Promise.withResolvers<void>();
    const reading = Promise.withResolvers<void>();
    let held = false;
    const late: Sql = {
      async run(text, params) {
        const found = await database.db.run(text, params);
        if (text.name !== "catalog.find_shown" || held) return found;
        held = true;
        reading.resolve();
        await slow.promise;
        return found;
      },
    };
    const at = openStorefront(late, clock, store);
    const before = amountOf("tea", at);
    await reading.promise;
    await reprice(price, 1100n);
    pass(secondMs);
    assert.equal(await amountOf("tea", at), 1100);
    slow.resolve();
    assert.equal(await before, 1000);
    assert.equal(await amountOf("tea", at), 1100);
  });

  test("is asked for again after the database was away", async () => {
    await givenTea();
    let away = true;
    const flaky: Sql = {
      run: (text, params) => (away ? Promise.reject(new Error("away")) : database.db.run(text, params)),
    };
    const at = openStorefront(flaky, clock, store);
    await assert.rejects(amountOf("tea", at), { message: "away" });
    away = false;
    assert.equal(await amountOf("tea", at), 1000);
  });
});
