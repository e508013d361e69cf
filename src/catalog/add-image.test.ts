import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenShownProduct, operator } from "../../test/support/given-shown.ts";
import type { Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { prepareJobs } from "../platform/jobs.ts";
import { type AddImage, addImage } from "./add-image.ts";
import { changeImage } from "./change-image.ts";
import { deleteImage } from "./delete-image.ts";
import { findImagesOf, findSameImage, getImage, getImageOf } from "./find-images.ts";
import { mostImages } from "./image.ts";
import { removeImageFiles } from "./remove-image-files.ts";

const later = new Date(noon.getTime() + 1_000);

let made = 0;

/** Each later than the one before, as their ids are then, too. */
function newImage(product: string, given: Partial<AddImage> = {}): AddImage {
  made += 1;
  const imageId = uuidV7(new Date(noon.getTime() + made));
  const kept = { imageId, bytes: 900, width: 700, height: 350, thumbnailWidths: [160, 320, 640] };
  return { product, contentHash: imageId, title: "", sortOrder: undefined, kept, by: operator, ...given };
}

async function orderOf(tx: Tx, product: string): Promise<[title: string, sortOrder: number][]> {
  return (await findImagesOf(tx, product)).map(({ title, sortOrder }) => [title, sortOrder]);
}

async function actions(tx: Tx): Promise<unknown[]> {
  return (await ask(tx, "select action from audit.entries order by entry_id")).map(({ action }) => action);
}

describe("addImage", () => {
  test(
    "makes a kept picture an image of the product, behind the others unless it is told where",
    inTx(async (tx) => {
      const { productId, key } = await givenShownProduct(tx);
      const { image, existing } = await addImage(tx, newImage(key, { title: "Front" }), noon);
      assert.equal(existing, false);
      assert.deepEqual(
        [image.productId, image.sortOrder, image.mediaType, image.bytes],
        [productId, 0, "image/webp", 900n],
      );
      await addImage(tx, newImage(productId, { title: "Back" }), noon);
      await addImage(tx, newImage(key, { title: "Far behind", sortOrder: 90 }), noon);
      await addImage(tx, newImage(key, { title: "Side" }), noon);
      await addImage(tx, newImage(key, { title: "First", sortOrder: 0 }), later);
      assert.deepEqual(await orderOf(tx, key), [
        ["Front", 0],
        ["First", 0],
        ["Back", 1],
        ["Far behind", 90],
        ["Side", 91],
      ]);
      assert.deepEqual(await getImage(tx, image.imageId), image);
    }),
  );

  test(
    "answers the image that has the content already, as it is",
    inTx(async (tx) => {
      const { key } = await givenShownProduct(tx);
      const asked = newImage(key, { title: "Front" });
      const first = await addImage(tx, asked, noon);
      const again = await addImage(tx, newImage(key, { contentHash: asked.contentHash, title: "Other" }), later);
      assert.deepEqual(again, { image: first.image, existing: true });
      assert.deepEqual(await findSameImage(tx, { product: key, contentHash: asked.contentHash }), first.image);
      const other = await givenShownProduct(tx);
      assert.equal((await addImage(tx, newImage(other.key, { contentHash: asked.contentHash }), noon)).existing, false);
    }),
  );

  test(
    "refuses what is beyond the most that a product has, and products that are not there",
    inTx(async (tx) => {
      const { key } = await givenShownProduct(tx);
      for (let count = 0; count < mostImages; count += 1) await addImage(tx, newImage(key), noon);
      await assert.rejects(addImage(tx, newImage(key), noon), { code: "image.too_many" });
      assert.equal((await findImagesOf(tx, key)).length, mostImages);
      await assert.rejects(addImage(tx, newImage("nothing"), noon), { code: "product.not_found" });
    }),
  );

  test("makes one image of one content that comes twice at once", async () => {
    const { db } = await testDatabase();
    const { key } = await db.transaction((tx) => givenShownProduct(tx));
    const asked = Array.from({ length: 8 }, () => newImage(key, { contentHash: "same" }));
    const added = await Promise.all(asked.map((one) => db.transaction((tx) => addImage(tx, one, noon))));
    assert.equal(added.filter(({ existing }) => !existing).length, 1);
    assert.equal(new Set(added.map(({ image }) => image.imageId)).size, 1);
    assert.equal((await findImagesOf(db, key)).length, 1);
  });
});

describe("changeImage", () => {
  test(
    "changes what is said, leaves the rest, and writes nothing when it is so already",
    inTx(async (tx) => {
      const { key } = await givenShownProduct(tx);
      const { image } = await addImage(tx, newImage(key, { title: "Front" }), noon);
      const named = { product: key, image: image.imageId, by: operator };
      const changed = await changeImage(tx, { ...named, change: { sortOrder: 7 } }, later);
      assert.deepEqual(changed, { ...image, sortOrder: 7 });
      assert.deepEqual(await getImageOf(tx, named), changed);
      const before = await actions(tx);
      assert.deepEqual(await changeImage(tx, { ...named, change: { title: "Front", sortOrder: 7 } }, later), changed);
      assert.deepEqual(await actions(tx), before);
      assert.deepEqual(before.slice(-2), ["image.added", "image.changed"]);
    }),
  );

  test(
    "finds neither images of other products nor what is no image",
    inTx(async (tx) => {
      const { key } = await givenShownProduct(tx);
      const other = await givenShownProduct(tx);
      const { image } = await addImage(tx, newImage(other.key), noon);
      for (const named of [image.imageId, uuidV7(noon), "nothing", ""]) {
        const asked = { product: key, image: named, by: operator };
        await assert.rejects(changeImage(tx, { ...asked, change: { title: "x" } }, noon), { code: "image.not_found" });
        await assert.rejects(deleteImage(tx, asked, noon), { code: "image.not_found" });
        await assert.rejects(getImageOf(tx, asked), { code: "image.not_found" });
      }
      const gone = { product: "nothing", image: image.imageId, by: operator };
      await assert.rejects(changeImage(tx, { ...gone, change: {} }, noon), { code: "product.not_found" });
      await assert.rejects(deleteImage(tx, gone, noon), { code: "product.not_found" });
      await assert.rejects(getImageOf(tx, gone), { code: "product.not_found" });
    }),
  );
});

describe("deleteImage", () => {
  test(
    "takes the row away and has the files removed, once",
    inTx(async (tx) => {
      await prepareJobs(tx, [removeImageFiles]);
      const { key } = await givenShownProduct(tx);
      const { image } = await addImage(tx, newImage(key), noon);
      const named = { product: key, image: image.imageId, by: operator };
      await deleteImage(tx, named, noon);
      await assert.rejects(getImage(tx, image.imageId), { code: "image.not_found" });
      const jobs = await ask<{ payload: object }>(tx, "select payload from graphile_worker._private_jobs");
      assert.deepEqual(
        jobs.map(({ payload }) => payload),
        [{ imageIds: [image.imageId] }],
      );
      await assert.rejects(deleteImage(tx, named, noon), { code: "image.not_found" });
    }),
  );
});
