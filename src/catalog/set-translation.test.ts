import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenProduct, givenTranslation, wordsNamed } from "../../test/support/given-products.ts";
import { findEntries } from "../audit/index.ts";
import { deleteTranslation } from "./delete-translation.ts";
import { findTranslations, getTranslation, mostTranslations } from "./find-translations.ts";
import { setTranslation } from "./set-translation.ts";

const by = { actor: "key-1", name: "Ann", requestId: "r-1" };
const page = { limit: 100 };

describe("setTranslation", () => {
  test(
    "says a product's words in a language, then others in their place, and keeps which changed",
    inTx(async (tx) => {
      const { productId } = await givenProduct(tx);
      const set = (language: string, name: string) =>
        setTranslation(tx, { product: "tea", language, words: { ...wordsNamed("x"), name }, by }, noon);
      const first = await set("pt-br", "Chá");
      assert.deepEqual(first, { translation: { language: "pt-BR", ...wordsNamed("x"), name: "Chá" }, isNew: true });
      assert.equal((await set("PT-BR", "Chá verde")).isNew, false);
      await set("ja", "茶");
      assert.deepEqual(
        (await findTranslations(tx, "tea")).map(({ language, name }) => [language, name]),
        [
          ["ja", "茶"],
          ["pt-BR", "Chá verde"],
        ],
      );
      assert.equal((await getTranslation(tx, { product: "tea", language: "pt-br" })).name, "Chá verde");

      const { rows } = await findEntries(tx, { action: "translation.set", subject: `product/${productId}` }, page);
      assert.deepEqual(rows[1]?.detail, { language: "pt-BR", changed: ["name"] });
    }),
  );

  test(
    "changes nothing the second time",
    inTx(async (tx) => {
      await givenProduct(tx);
      await givenTranslation(tx, "tea", "en", "Tea");
      await givenTranslation(tx, "tea", "en", "Tea");
      assert.equal((await findEntries(tx, { action: "translation.set" }, page)).rows.length, 1);
    }),
  );

  test(
    "refuses what banks cannot print, what is no language, and a product that is not there",
    inTx(async (tx) => {
      await givenProduct(tx);
      const set = (wanted: { product?: string; language?: string; statementDescriptor?: string }) => {
        const { product = "tea", language = "en", statementDescriptor = "" } = wanted;
        const words = { ...wordsNamed("Tea"), statementDescriptor };
        return setTranslation(tx, { product, language, words, by }, noon);
      };
      const invalid = { code: "translation.invalid" };
      await assert.rejects(set({ statementDescriptor: "TEA*2" }), invalid);
      await assert.rejects(set({ language: "nonsense-" }), invalid);
      await assert.rejects(set({ product: "lost" }), { code: "product.not_found" });
      assert.deepEqual(await findTranslations(tx, "tea"), []);
    }),
  );

  test("refuses one language more than there may be, also when they come at once", async () => {
    const { db, close } = await testDatabase();
    const tags = Array.from({ length: mostTranslations + 2 }, (_, index) => `de-x${String(index).padStart(4, "0")}`);
    await db.transaction(async (tx) => {
      await givenProduct(tx);
      for (const tag of tags.slice(0, mostTranslations - 1)) await givenTranslation(tx, "tea", tag, "Tee");
    });
    const outcomes = await Promise.allSettled(
      tags.slice(mostTranslations - 1).map((tag) => db.transaction((tx) => givenTranslation(tx, "tea", tag, "Tee"))),
    );
    const refused = outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    assert.deepEqual(
      refused.map(({ reason }) => (reason as { code: string }).code),
      ["translation.too_many", "translation.too_many"],
    );
    await db.transaction((tx) => givenTranslation(tx, "tea", tags[0] as string, "Tee, neu"));
    assert.equal((await findTranslations(db, "tea")).length, mostTranslations);
    await close();
  });
});

describe("deleteTranslation", () => {
  test(
    "takes the words in one language away and keeps who did so",
    inTx(async (tx) => {
      await givenProduct(tx);
      await givenTranslation(tx, "tea", "en", "Tea");
      await givenTranslation(tx, "tea", "pt-BR", "Chá");
      await deleteTranslation(tx, { product: "tea", language: "pt-br", by }, noon);
      assert.deepEqual(
        (await findTranslations(tx, "tea")).map(({ language }) => language),
        ["en"],
      );
      const [entry] = (await findEntries(tx, { action: "translation.deleted" }, page)).rows;
      assert.deepEqual(entry?.detail, { language: "pt-BR" });
    }),
  );

  test(
    "refuses words that are not there",
    inTx(async (tx) => {
      await givenProduct(tx);
      for (const language of ["en", "nonsense-"]) {
        const wanted = { product: "tea", language };
        await assert.rejects(deleteTranslation(tx, { ...wanted, by }, noon), { code: "translation.not_found" });
        await assert.rejects(getTranslation(tx, wanted), { code: "translation.not_found" });
      }
      await assert.rejects(findTranslations(tx, "lost"), { code: "product.not_found" });
    }),
  );
});
