import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenPrice, givenProduct, tenDollars } from "../../test/support/given-products.ts";
import { findEntries } from "../audit/index.ts";
import { changePrice } from "./change-price.ts";
import { createPrice } from "./create-price.ts";
import { deletePrice } from "./delete-price.ts";
import { findPrices, getPrice, mostPrices } from "./find-prices.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const later = new Date("2026-11-23T13:00:00.000Z");
const page = { limit: 100 };
const absent = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";

describe("createPrice", () => {
  test(
    "gives a product prices in several currencies, intervals and spans, and keeps who did so",
    inTx(async (tx) => {
      const { productId } = await givenProduct(tx);
      const yen = { ...tenDollars, currency: "JPY", interval: "month", intervalCount: 3, validFrom: noon } as const;
      const first = await createPrice(tx, { product: "tea", terms: yen, by }, noon);
      const { priceId } = first;
      assert.deepEqual(first, { priceId, productId, ...yen, createdAt: noon, updatedAt: noon });
      await createPrice(tx, { product: productId, terms: tenDollars, by }, later);
      await createPrice(tx, { product: "tea", terms: tenDollars, by }, later);
      assert.equal((await findPrices(tx, "tea", page)).rows.length, 3);
      assert.deepEqual(await getPrice(tx, { product: "tea", price: priceId }), first);

      const { rows } = await findEntries(tx, { action: "price.created", subject: `price/${priceId}` }, page);
      assert.deepEqual(rows[0]?.detail, {
        productId,
        unitAmountMinor: "1000",
        currency: "JPY",
        interval: "month",
        intervalCount: 3,
        active: true,
        validFrom: noon.toISOString(),
        validUntil: null,
      });
    }),
  );

  test(
    "refuses what cannot be, and a product that is not there",
    inTx(async (tx) => {
      await givenProduct(tx);
      const terms = { ...tenDollars, currency: "ABC" };
      await assert.rejects(createPrice(tx, { product: "tea", terms, by }, noon), { code: "price.invalid" });
      await assert.rejects(createPrice(tx, { product: "lost", terms, by }, noon), { code: "product.not_found" });
    }),
  );

  test("refuses one more than a product has at most, also when they come at once", async () => {
    const { db, close } = await testDatabase();
    await db.transaction(async (tx) => {
      await givenProduct(tx);
      for (let number = 1; number < mostPrices; number += 1) await givenPrice(tx, "tea");
    });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => db.transaction((tx) => givenPrice(tx, "tea"))));
    const refused = outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    assert.deepEqual(
      refused.map(({ reason }) => (reason as { code: string }).code),
      ["price.too_many", "price.too_many"],
    );
    await close();
  });
});

describe("changePrice", () => {
  test(
    "changes what is named, leaves the rest, and keeps what it was",
    inTx(async (tx) => {
      await givenProduct(tx);
      const before = await givenPrice(tx, "tea", { validUntil: later });
      const named = { product: "tea", price: before.priceId };
      const change = { unitAmountMinor: 1100n, validUntil: null, active: false };
      const after = await changePrice(tx, { ...named, change, by }, later);
      assert.deepEqual(after, { ...before, ...change, updatedAt: later });
      assert.deepEqual(await getPrice(tx, named), after);

      const [entry] = (await findEntries(tx, { action: "price.changed" }, page)).rows;
      assert.deepEqual(entry?.detail, {
        unitAmountMinor: ["1000", "1100"],
        active: [true, false],
        validUntil: [later.toISOString(), null],
      });
    }),
  );

  test(
    "changes nothing the second time",
    inTx(async (tx) => {
      await givenProduct(tx);
      const { priceId: price } = await givenPrice(tx, "tea");
      const wanted = { product: "tea", price, change: { unitAmountMinor: 1100n }, by };
      const first = await changePrice(tx, wanted, noon);
      assert.deepEqual(await changePrice(tx, wanted, later), first);
      assert.equal((await findEntries(tx, { action: "price.changed" }, page)).rows.length, 1);
    }),
  );

  test(
    "refuses what cannot be, and a price that is not there or is of another product",
    inTx(async (tx) => {
      await givenProduct(tx);
      await givenProduct(tx, { key: "other" });
      const { priceId: price } = await givenPrice(tx, "tea", { validFrom: noon });
      const change = { validUntil: noon };
      await assert.rejects(changePrice(tx, { product: "tea", price, change, by }, noon), { code: "price.invalid" });
      for (const [product, lost] of [
        ["other", price],
        ["tea", absent],
        ["tea", "x"],
      ] as const)
        await assert.rejects(changePrice(tx, { product, price: lost, change, by }, noon), { code: "price.not_found" });
      await assert.rejects(changePrice(tx, { product: "lost", price, change, by }, noon), {
        code: "product.not_found",
      });
    }),
  );

  test(
    "takes the product before the price, and four statements",
    inTx(async (tx) => {
      await givenProduct(tx);
      const { priceId: price } = await givenPrice(tx, "tea");
      const wanted = { product: "tea", price, change: { unitAmountMinor: 1100n }, by };
      assert.deepEqual(await statementsOf(tx, (watched) => changePrice(watched, wanted, noon)), [
        "catalog.lock_product_by_key",
        "catalog.lock_price",
        "catalog.set_price",
        "audit.insert_entry",
      ]);
    }),
  );
});

describe("findPrices", () => {
  test(
    "pages through all prices of one product, newest first, each once",
    inTx(async (tx) => {
      await givenProduct(tx);
      await givenProduct(tx, { key: "other" });
      await givenPrice(tx, "other");
      const given: string[] = [];
      for (let number = 0; number < 5; number += 1) {
        const at = new Date(noon.getTime() + number);
        given.unshift((await createPrice(tx, { product: "tea", terms: tenDollars, by }, at)).priceId);
      }
      const first = await findPrices(tx, "tea", { limit: 3 });
      const second = await findPrices(tx, "tea", { limit: 3, cursor: String(first.nextCursor) });
      assert.equal(second.nextCursor, null);
      assert.deepEqual(
        [...first.rows, ...second.rows].map(({ priceId }) => priceId),
        given,
      );
      await assert.rejects(findPrices(tx, "lost", page), { code: "product.not_found" });
    }),
  );
});

describe("deletePrice", () => {
  test(
    "takes one price away and keeps which it was",
    inTx(async (tx) => {
      const { productId } = await givenProduct(tx);
      const { priceId: price } = await givenPrice(tx, "tea");
      await givenPrice(tx, "tea");
      await deletePrice(tx, { product: "tea", price, by }, later);
      assert.equal((await findPrices(tx, "tea", page)).rows.length, 1);
      const [entry] = (await findEntries(tx, { action: "price.deleted" }, page)).rows;
      assert.deepEqual(entry?.detail, { productId, currency: "USD", unitAmountMinor: "1000" });
      await assert.rejects(deletePrice(tx, { product: "tea", price, by }, later), { code: "price.not_found" });
    }),
  );
});
