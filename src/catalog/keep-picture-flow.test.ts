import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenPng } from "../../test/support/given-pictures.ts";
import { givenShownProduct, operator } from "../../test/support/given-shown.ts";
import type { BlobStore } from "../platform/blob-store.ts";
import { systemClock } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { fileBlobStore } from "../platform/file-blob-client.ts";
import { uuidV7 } from "../platform/ids.ts";
import { addImage, type KeptPicture } from "./add-image.ts";
import { imageFolder } from "./image.ts";
import { pictureMaker } from "./image-decoder-client.ts";
import { removeImageFilesJob } from "./image-jobs.ts";
import { withKeptPicture } from "./keep-picture-flow.ts";
import { clearLeftImages } from "./remove-image-files-flow.ts";

let folder: string;
let blobs: BlobStore;
let db: Db;
const pictures = pictureMaker();

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "orderwell-pictures-"));
  blobs = fileBlobStore(folder);
  ({ db } = await testDatabase());
});
after(() => rm(folder, { recursive: true, force: true }));

/** What the store has of an image. */
async function filesOf(imageId: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of blobs.list(`${imageFolder}/${imageId}`)) keys.push(key.split("/").at(-1) ?? "");
  return keys.sort();
}

async function givenImage(product: string): Promise<string> {
  const imageId = uuidV7(noon);
  const content = await givenPng();
  await withKeptPicture({ blobs, pictures }, { imageId, content }, async (kept) => {
    const asked = { product, contentHash: imageId, title: "", sortOrder: 0, kept, by: operator };
    await db.transaction((tx) => addImage(tx, asked, noon));
    return { result: undefined, used: true };
  });
  return imageId;
}

/** Makes all files of an image look as if they had been kept before yesterday. */
async function age(imageId: string): Promise<void> {
  const past = new Date(systemClock.now().getTime() - 2 * 86_400_000);
  const path = join(folder, imageFolder, imageId);
  for (const name of await readdir(path)) await utimes(join(path, name), past, past);
}

describe("a picture that is kept", () => {
  test("has all of its files before the work hears of it", async () => {
    const imageId = uuidV7(noon);
    const content = await givenPng({ width: 330, height: 200 });
    const kept = await withKeptPicture({ blobs, pictures }, { imageId, content }, async (result) => {
      assert.deepEqual(await filesOf(imageId), ["160.avif", "160.webp", "320.avif", "320.webp", "whole.webp"]);
      return { result, used: true };
    });
    const found = await blobs.find(`${imageFolder}/${imageId}/whole.webp`);
    const expected: KeptPicture = {
      imageId,
      bytes: found?.bytes ?? 0,
      width: 330,
      height: 200,
      thumbnailWidths: [160, 320],
    };
    assert.deepEqual(kept, expected);
    assert.equal((await filesOf(imageId)).length, 5);
  });

  test("leaves no file when it is not used, when the work fails, or when it cannot be decoded", async () => {
    const imageId = uuidV7(noon);
    const content = await givenPng();
    await withKeptPicture({ blobs, pictures }, { imageId, content }, async () => ({ result: 1, used: false }));
    assert.deepEqual(await filesOf(imageId), []);
    const failing = withKeptPicture({ blobs, pictures }, { imageId, content }, () => Promise.reject(new Error("No.")));
    await assert.rejects(failing, /No\./);
    assert.deepEqual(await filesOf(imageId), []);
    const half = content.subarray(0, 40);
    await assert.rejects(
      withKeptPicture({ blobs, pictures }, { imageId, content: half }, async () => ({ result: 1, used: true })),
      { code: "image.damaged" },
    );
    assert.deepEqual(await filesOf(imageId), []);
  });

  test("leaves no file when the store has no room for all of them", async () => {
    const imageId = uuidV7(noon);
    const full: BlobStore = {
      ...blobs,
      write: (key, given) => (key.endsWith(".avif") ? Promise.reject(new Error("Full.")) : blobs.write(key, given)),
    };
    const content = await givenPng();
    const keeping = withKeptPicture({ blobs: full, pictures }, { imageId, content }, async () => assert.fail("used"));
    await assert.rejects(keeping, /Full\./);
    assert.deepEqual(await filesOf(imageId), []);
  });

  test("stays where nobody knows whether it has a row", async () => {
    const imageId = uuidV7(noon);
    const content = await givenPng();
    const lost = Object.assign(new Error("Connection terminated"), { code: "08006" });
    await assert.rejects(withKeptPicture({ blobs, pictures }, { imageId, content }, () => Promise.reject(lost)));
    assert.equal((await filesOf(imageId)).length, 3);
  });
});

describe("files of images that are no more", () => {
  test("go by the job, and those of images that are there stay", async () => {
    const { key } = await db.transaction((tx) => givenShownProduct(tx));
    const kept = await givenImage(key);
    const gone = await givenImage(key);
    await ask(db, "delete from catalog.product_images where image_id = $1", [gone]);
    const job = removeImageFilesJob({ db, blobs });
    const run = () =>
      job.run({ imageIds: [kept, gone] }, { tries: 1, lastTry: false, signal: new AbortController().signal });
    await run();
    assert.deepEqual([(await filesOf(kept)).length, await filesOf(gone)], [3, []]);
    await run();
    assert.equal((await filesOf(kept)).length, 3);
  });

  test("are swept after a day, with what else was left, and nothing else is", async () => {
    const { key } = await db.transaction((tx) => givenShownProduct(tx));
    const [kept, gone, young] = [await givenImage(key), uuidV7(noon), uuidV7(noon)];
    for (const imageId of [gone, young]) {
      const content = await givenPng();
      await withKeptPicture({ blobs, pictures }, { imageId, content }, async () => ({ result: 1, used: true }));
    }
    await age(kept);
    await age(gone);
    await clearLeftImages({ db, clock: systemClock, blobs });
    assert.deepEqual(
      [(await filesOf(kept)).length, (await filesOf(gone)).length, (await filesOf(young)).length],
      [3, 0, 3],
    );
  });
});
