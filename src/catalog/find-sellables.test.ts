import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { noon } from "../../test/support/given-orders.ts";
import {
  givenImageRow,
  givenPrice,
  givenProduct,
  givenTranslation,
  wordsNamed,
} from "../../test/support/given-products.ts";
import type { Db, Tx } from "../platform/db.ts";
import { changePrice } from "./change-price.ts";
import { changeProduct } from "./change-product.ts";
import { deletePrice } from "./delete-price.ts";
import { deleteProduct } from "./delete-product.ts";
import { findSellables, lockSellables } from "./find-sellables.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const one = new Date("2026-11-23T13:00:00.000Z");
const absent = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";

describe("findSellables", () => {
  test(
    "answers a price with all that one must know to sell it",
    inTx(async (tx) => {
      const { productId } = await givenProduct(tx);
      const { priceId } = await givenPrice(tx, "tea", { interval: "month", intervalCount: 3 });
      await givenTranslation(tx, "tea", "ja", "茶");
      await givenTranslation(tx, "tea", "en", "Tea");
      await givenImageRow(tx, productId, { title: "Second", sortOrder: 2 });
      const imageId = await givenImageRow(tx, productId, { title: "First", sortOrder: 1 });
      assert.deepEqual(await findSellables(tx, { priceIds: [priceId], at: noon }), [
        {
          priceId,
          productId,
          productKey: "tea",
          sku: "TEA-1",
          providerId: "own",
          taxCode: "food",
          shippable: true,
          consumable: false,
          unitAmountMinor: 1000n,
          currency: "USD",
          interval: "month",
          intervalCount: 3,
          sellable: true,
          translations: [
            { language: "en", ...wordsNamed("Tea") },
            { language: "ja", ...wordsNamed("茶") },
          ],
          imageId,
          imageTitle: "First",
        },
      ]);
    }),
  );

  test(
    "has neither words nor an image where there are none, and leaves out what is not there",
    inTx(async (tx) => {
      await givenProduct(tx);
      const { priceId } = await givenPrice(tx, "tea");
      const [found, ...others] = await findSellables(tx, { priceIds: [absent, priceId, priceId], at: noon });
      assert.deepEqual(
        [found?.priceId, found?.translations, found?.imageId, found?.imageTitle],
        [priceId, [], null, null],
      );
      assert.deepEqual(others, []);
      assert.deepEqual(await findSellables(tx, { priceIds: [], at: noon }), []);
    }),
  );

  test(
    "says what can be sold: by product, by price, and from the first moment of a span up to its last",
    inTx(async (tx) => {
      await givenProduct(tx);
      await givenProduct(tx, { key: "gone", active: false });
      const sellableAt = async (ms: number, priceId: string) =>
        (await findSellables(tx, { priceIds: [priceId], at: new Date(ms) }))[0]?.sellable;
      const open = await givenPrice(tx, "tea");
      const span = await givenPrice(tx, "tea", { validFrom: noon, validUntil: one });
      const off = await givenPrice(tx, "tea", { active: false });
      const gone = await givenPrice(tx, "gone");
      assert.equal(await sellableAt(0, open.priceId), true);
      assert.equal(await sellableAt(noon.getTime() - 1, span.priceId), false);
      assert.equal(await sellableAt(noon.getTime(), span.priceId), true);
      assert.equal(await sellableAt(one.getTime() - 1, span.priceId), true);
      assert.equal(await sellableAt(one.getTime(), span.priceId), false);
      assert.equal(await sellableAt(noon.getTime(), off.priceId), false);
      assert.equal(await sellableAt(noon.getTime(), gone.priceId), false);
    }),
  );
});

/** A transaction that holds what it was given until it is told to end. */
async function openCheckout(db: Db, priceIds: readonly string[]) {
  const held = Promise.withResolvers<Awaited<ReturnType<typeof lockSellables>>>();
  const end = Promise.withResolvers<void>();
  const ended = db.transaction(async (tx) => {
    held.resolve(await lockSellables(tx, { priceIds, at: noon }));
    await end.promise;
    return lockSellables(tx, { priceIds, at: noon });
  });
  ended.catch(held.reject);
  const finish = () => {
    end.resolve();
    return ended;
  };
  return { held: await held.promise, end: finish };
}

/** Waits until one connection of the database waits for a lock. */
function someoneWaits(db: Db): Promise<void> {
  return eventually("somebody waits for a lock", async () => {
    const [row] = await ask<{ waiting: number }>(
      db,
      `select count(*)::int as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return row?.waiting === 1;
  });
}

describe("lockSellables", () => {
  test(
    "answers as findSellables does, in three statements: products before prices",
    inTx(async (tx) => {
      await givenProduct(tx);
      const { priceId } = await givenPrice(tx, "tea");
      const asked = { priceIds: [priceId], at: noon };
      assert.deepEqual(await lockSellables(tx, asked), await findSellables(tx, asked));
      assert.deepEqual(await statementsOf(tx, (watched) => lockSellables(watched, asked)), [
        "catalog.lock_sold_products",
        "catalog.lock_sold_prices",
        "catalog.list_sellables",
      ]);
    }),
  );

  const changes: [string, (tx: Tx, price: string) => Promise<unknown>][] = [
    [
      "a change of the price",
      (tx, price) => changePrice(tx, { product: "tea", price, change: { unitAmountMinor: 1n }, by }, one),
    ],
    ["the price's end", (tx, price) => deletePrice(tx, { product: "tea", price, by }, one)],
    ["a withdrawal of the product", (tx) => changeProduct(tx, { product: "tea", change: { active: false }, by }, one)],
    ["the product's end", (tx) => deleteProduct(tx, { product: "tea", by }, one)],
    ["other words", (tx) => givenTranslation(tx, "tea", "en", "Coffee")],
  ];

  for (const [what, change] of changes)
    test(`makes ${what} wait for the checkout, which sees nothing of it`, async () => {
      const { db, close } = await testDatabase();
      const { priceId } = await db.transaction(async (tx) => {
        await givenProduct(tx);
        await givenTranslation(tx, "tea", "en", "Tea");
        return givenPrice(tx, "tea");
      });
      const checkout = await openCheckout(db, [priceId]);
      const changed = db.transaction((tx) => change(tx, priceId));
      await someoneWaits(db);
      assert.deepEqual(await checkout.end(), checkout.held);
      await changed;
      assert.notDeepEqual(await findSellables(db, { priceIds: [priceId], at: noon }), checkout.held);
      await close();
    });

  for (const [what, change] of changes)
    test(`waits for ${what} that came first, and sees all of it`, async () => {
      const { db, close } = await testDatabase();
      const { priceId } = await db.transaction(async (tx) => {
        await givenProduct(tx);
        await givenTranslation(tx, "tea", "en", "Tea");
        return givenPrice(tx, "tea");
      });
      const end = Promise.withResolvers<void>();
      const made = Promise.withResolvers<void>();
      const changed = db.transaction(async (tx) => {
        await change(tx, priceId);
        made.resolve();
        await end.promise;
      });
      await made.promise;
      const before = await findSellables(db, { priceIds: [priceId], at: noon });
      const sold = db.transaction((tx) => lockSellables(tx, { priceIds: [priceId], at: noon }));
      await someoneWaits(db);
      end.resolve();
      await changed;
      const seen = await sold;
      assert.notDeepEqual(seen, before);
      assert.deepEqual(seen, await findSellables(db, { priceIds: [priceId], at: noon }));
      await close();
    });

  test("lets checkouts that sell the same hold it together, in whatever order they name it", async () => {
    const { db, close } = await testDatabase();
    const priceIds = await db.transaction(async (tx) => {
      for (const key of ["a", "b", "c"]) await givenProduct(tx, { key });
      return Promise.all(["a", "b", "c"].map(async (key) => (await givenPrice(tx, key)).priceId));
    });
    const first = await openCheckout(db, priceIds);
    const second = await openCheckout(db, priceIds.toReversed());
    assert.equal((await second.end()).length, 3);
    assert.equal((await first.end()).length, 3);
    await close();
  });

  test("never meets writers in a circle", async () => {
    const { db, close } = await testDatabase();
    const priceIds = await db.transaction(async (tx) => {
      for (const key of ["a", "b"]) await givenProduct(tx, { key });
      return Promise.all(["a", "b"].map(async (key) => (await givenPrice(tx, key)).priceId));
    });
    const write = (product: string, price: string, amount: bigint) =>
      db.transaction((tx) => changePrice(tx, { product, price, change: { unitAmountMinor: amount }, by }, noon));
    const work = Array.from({ length: 20 }, (_, index) => [
      write("a", priceIds[0] as string, BigInt(index)),
      write("b", priceIds[1] as string, BigInt(index)),
      db.transaction((tx) => lockSellables(tx, { priceIds: index % 2 ? priceIds : priceIds.toReversed(), at: noon })),
    ]).flat();
    await Promise.all(work);
    assert.equal(db.load().repeated, 0);
    await close();
  });
});
