import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenImageRow, givenPrice, givenProduct, givenTranslation, tea } from "../../test/support/given-products.ts";
import { findEntries } from "../audit/index.ts";
import { changeProduct } from "./change-product.ts";
import { createProduct } from "./create-product.ts";
import { deleteProduct } from "./delete-product.ts";
import { findProduct, findProducts, getProduct } from "./find-products.ts";
import { findSellables } from "./find-sellables.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const later = new Date("2026-11-23T13:00:00.000Z");
const page = { limit: 100 };

describe("createProduct", () => {
  test(
    "writes a product that is found by id and by key, and keeps who did so",
    inTx(async (tx) => {
      const product = await createProduct(tx, { fields: tea, by }, noon);
      assert.deepEqual(product, { productId: product.productId, ...tea, createdAt: noon, updatedAt: noon });
      assert.deepEqual(await getProduct(tx, product.productId), product);
      assert.deepEqual(await getProduct(tx, product.productId.toUpperCase()), product);
      assert.deepEqual(await getProduct(tx, "tea"), product);

      const [entry] = (await findEntries(tx, { action: "product.created" }, page)).rows;
      assert.deepEqual([entry?.actor, entry?.subject, entry?.detail], ["key-1", `product/${product.productId}`, tea]);
    }),
  );

  test(
    "refuses a key or a SKU that another product has, and what cannot be",
    inTx(async (tx) => {
      await givenProduct(tx);
      const create = (wanted: Partial<typeof tea>) => createProduct(tx, { fields: { ...tea, ...wanted }, by }, noon);
      await assert.rejects(create({ sku: "OTHER" }), { code: "product.key_taken" });
      await assert.rejects(create({ key: "other" }), { code: "product.sku_taken" });
      await assert.rejects(create({ key: "other", sku: "OTHER", consumable: true }), { code: "product.invalid" });
      assert.equal((await findProducts(tx, {}, page)).rows.length, 1);
      assert.equal((await findEntries(tx, {}, page)).rows.length, 1);
    }),
  );

  test("lets one of many win who want one key at once", async () => {
    const { db, close } = await testDatabase();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, index) =>
        db.transaction((tx) => createProduct(tx, { fields: { ...tea, sku: `SKU-${index}` }, by }, noon)),
      ),
    );
    const refused = outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    assert.deepEqual(
      refused.map(({ reason }) => (reason as { code: string }).code),
      Array(4).fill("product.key_taken"),
    );
    assert.equal((await findProducts(db, {}, page)).rows.length, 1);
    await close();
  });
});

describe("findProducts", () => {
  test(
    "finds by provider, by whether they are sold, by the beginning of the key, and by all of that",
    inTx(async (tx) => {
      await givenProduct(tx, { key: "tea-1" });
      await givenProduct(tx, { key: "tea-2", active: false });
      await givenProduct(tx, { key: "tea-3", providerId: "seller" });
      await givenProduct(tx, { key: "Tea-4" });
      await givenProduct(tx, { key: "te_x" });
      const keys = async (filter: Parameters<typeof findProducts>[1]) =>
        (await findProducts(tx, filter, page)).rows.map(({ key }) => key).sort();
      assert.deepEqual(await keys({}), ["Tea-4", "te_x", "tea-1", "tea-2", "tea-3"]);
      assert.deepEqual(await keys({ active: false }), ["tea-2"]);
      assert.deepEqual(await keys({ provider: "seller" }), ["tea-3"]);
      assert.deepEqual(await keys({ keyPrefix: "tea" }), ["tea-1", "tea-2", "tea-3"]);
      assert.deepEqual(await keys({ keyPrefix: "te_" }), ["te_x"]);
      assert.deepEqual(await keys({ keyPrefix: "%" }), []);
      assert.deepEqual(await keys({ keyPrefix: "tea", active: true, provider: "own" }), ["tea-1"]);
    }),
  );

  test(
    "pages through all of them, newest first, each once",
    inTx(async (tx) => {
      for (let number = 1; number <= 5; number += 1) {
        const at = new Date(noon.getTime() + number);
        await createProduct(tx, { fields: { ...tea, key: `tea-${number}`, sku: `SKU-${number}` }, by }, at);
      }
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const { rows, nextCursor } = await findProducts(tx, {}, { limit: 2, cursor });
        seen.push(...rows.map(({ key }) => key));
        cursor = nextCursor ?? undefined;
      } while (cursor !== undefined);
      assert.deepEqual(seen, ["tea-5", "tea-4", "tea-3", "tea-2", "tea-1"]);
    }),
  );

  test(
    "refuses a cursor of another list",
    inTx(async (tx) => {
      for (const cursor of ["x", Buffer.from("12").toString("base64url")])
        await assert.rejects(async () => findProducts(tx, {}, { limit: 2, cursor }), { code: "list.cursor_unknown" });
    }),
  );
});

describe("changeProduct", () => {
  test(
    "changes what is named, leaves the rest, and keeps what it was",
    inTx(async (tx) => {
      const before = await givenProduct(tx);
      const after = await changeProduct(tx, { product: "tea", change: { active: false, key: "green" }, by }, later);
      assert.deepEqual(after, { ...before, active: false, key: "green", updatedAt: later });
      assert.deepEqual(await getProduct(tx, "green"), after);
      assert.equal(await findProduct(tx, "tea"), undefined);

      const [entry] = (await findEntries(tx, { action: "product.changed" }, page)).rows;
      assert.deepEqual(entry?.detail, { active: [true, false], key: ["tea", "green"] });
    }),
  );

  test(
    "changes nothing the second time",
    inTx(async (tx) => {
      await givenProduct(tx);
      const change = { active: false };
      const first = await changeProduct(tx, { product: "tea", change, by }, noon);
      assert.deepEqual(await changeProduct(tx, { product: "tea", change, by }, later), first);
      assert.equal((await findEntries(tx, { action: "product.changed" }, page)).rows.length, 1);
    }),
  );

  test(
    "refuses what another product has, what cannot be, and a product that is not there",
    inTx(async (tx) => {
      await givenProduct(tx);
      await givenProduct(tx, { key: "other" });
      const to = (change: Partial<typeof tea>) => changeProduct(tx, { product: "tea", change, by }, later);
      await assert.rejects(to({ key: "other" }), { code: "product.key_taken" });
      await assert.rejects(to({ sku: "OTHER-1" }), { code: "product.sku_taken" });
      await assert.rejects(to({ consumable: true }), { code: "product.invalid" });
      for (const product of ["lost", "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f"])
        await assert.rejects(changeProduct(tx, { product, change: { active: false }, by }, later), {
          code: "product.not_found",
        });
    }),
  );

  test(
    "takes four statements, and one when there is nothing to do",
    inTx(async (tx) => {
      await givenProduct(tx);
      const change = () =>
        statementsOf(tx, (watched) => changeProduct(watched, { product: "tea", change: { active: false }, by }, noon));
      assert.deepEqual(await change(), [
        "catalog.lock_product_by_key",
        "catalog.find_product_taken",
        "catalog.set_product",
        "audit.insert_entry",
      ]);
      assert.deepEqual(await change(), ["catalog.lock_product_by_key"]);
    }),
  );

  test("lets two at once follow each other: both changes are there", async () => {
    const { db, close } = await testDatabase();
    await db.transaction((tx) => givenProduct(tx));
    await Promise.all([
      db.transaction((tx) => changeProduct(tx, { product: "tea", change: { active: false }, by }, noon)),
      db.transaction((tx) => changeProduct(tx, { product: "tea", change: { taxCode: "books" }, by }, noon)),
    ]);
    const { active, taxCode } = await getProduct(db, "tea");
    assert.deepEqual([active, taxCode], [false, "books"]);
    await close();
  });
});

describe("deleteProduct", () => {
  test(
    "takes the product with its prices, words and pictures, so that nothing of it can be sold, and keeps who did so",
    inTx(async (tx) => {
      const { productId } = await givenProduct(tx);
      const { priceId } = await givenPrice(tx, "tea");
      await givenTranslation(tx, "tea", "en", "Tea");
      await givenImageRow(tx, productId);
      await deleteProduct(tx, { product: "tea", by }, later);
      assert.equal(await findProduct(tx, productId), undefined);
      assert.deepEqual(await findSellables(tx, { priceIds: [priceId], at: later }), []);

      const [entry] = (await findEntries(tx, { action: "product.deleted" }, page)).rows;
      assert.deepEqual([entry?.subject, entry?.detail], [`product/${productId}`, { key: "tea", sku: "TEA-1" }]);
    }),
  );

  test(
    "refuses a product that is not there, and one that was deleted before",
    inTx(async (tx) => {
      await givenProduct(tx);
      await deleteProduct(tx, { product: "tea", by }, later);
      await assert.rejects(deleteProduct(tx, { product: "tea", by }, later), { code: "product.not_found" });
    }),
  );

  test("is done by one of two who come at once", async () => {
    const { db, close } = await testDatabase();
    await db.transaction((tx) => givenProduct(tx));
    const outcomes = await Promise.allSettled(
      [1, 2].map(() => db.transaction((tx) => deleteProduct(tx, { product: "tea", by }, noon))),
    );
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.equal((await findEntries(db, { action: "product.deleted" }, page)).rows.length, 1);
    await close();
  });
});
