import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import {
  givenImageRow,
  givenPrice,
  givenProduct,
  givenTaxRate,
  givenTranslation,
} from "../../test/support/given-products.ts";
import type { Tx } from "../platform/db.ts";

let database: TestDatabase;
const write = <Result>(work: (tx: Tx) => Promise<Result>) => database.db.transaction(work);

before(async () => {
  database = await testDatabase();
});

describe("the catalogue's version", () => {
  const versionOf = async () => {
    const [row] = await ask<{ number: bigint }>(database.db, "select number from catalog.version");
    return Number(row?.number);
  };

  test("counts a transaction once, however much it writes, and whoever writes it", async () => {
    const first = await versionOf();
    const productId = await write(async (tx) => {
      const product = await givenProduct(tx);
      for (let number = 0; number < 20; number += 1) await givenPrice(tx, "tea");
      await givenTranslation(tx, "tea", "en", "Tea");
      await givenImageRow(tx, product.productId);
      await givenTaxRate(tx);
      return product.productId;
    });
    assert.equal(await versionOf(), first + 1);
    const bySql = [
      "update catalog.products set active = false",
      "update catalog.prices set active = false",
      "update catalog.product_translations set name = 'x'",
      "update catalog.product_images set title = 'x'",
      "update catalog.tax_rates set name = 'x'",
      "delete from catalog.product_images",
      "delete from catalog.product_translations",
      "delete from catalog.prices",
      "delete from catalog.tax_rates",
      `delete from catalog.products where product_id = '${productId}'`,
    ];
    for (const [index, sql] of bySql.entries()) {
      await ask(database.db, sql);
      assert.equal(await versionOf(), first + 2 + index, sql);
    }
  });

  test("does not count what was rolled back, nor what changed nothing", async () => {
    const before = await versionOf();
    const undo = new Error("undo");
    const work = write(async (tx) => {
      await givenProduct(tx, { key: "other" });
      throw undo;
    });
    await assert.rejects(work, undo);
    await ask(database.db, "update catalog.products set active = false where key = 'lost'");
    assert.equal(await versionOf(), before);
  });

  test("counts every one of many transactions that write at once", async () => {
    const before = await versionOf();
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => write((tx) => givenProduct(tx, { key: `tea-${index}` }))),
    );
    assert.equal(await versionOf(), before + 30);
    assert.equal(database.db.load().repeated, 0);
  });
});
