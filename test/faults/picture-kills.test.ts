import assert from "node:assert/strict";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { clearLeftImages } from "../../src/catalog/index.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { fileBlobStore } from "../../src/platform/file-blob-client.ts";
import { ask } from "../support/ask.ts";
import { givenPng } from "../support/given-pictures.ts";
import { givenShownProduct } from "../support/given-shown.ts";
import { givenSite, type ServingProcess, startServing } from "../support/serve.ts";

const dayMs = 86_400_000;

async function upload({ address, apiKey }: ServingProcess, product: string, content: Buffer): Promise<number> {
  const form = new FormData();
  form.append("file", new Blob([new Uint8Array(content)]), "tea.png");
  const path = `${address}/api/v2/products/${product}/images`;
  const answer = await fetch(path, { method: "POST", headers: { authorization: `Bearer ${apiKey}` }, body: form });
  await answer.text();
  return answer.status;
}

describe("a process that is killed between a picture's files and its row", () => {
  test("leaves files that nobody sees and that are swept; the picture is sent again", async () => {
    const site = await givenSite();
    const { key } = await site.db.transaction((tx) => givenShownProduct(tx));
    const content = await givenPng();
    const images = join(site.dataDir, "blobs", "catalog", "images");

    const doomed = await startServing(site, { FAILPOINTS: "after-image-files:kill" });
    const broken = upload(doomed, key, content).catch(() => "broken");
    await doomed.killed();
    assert.equal(await broken, "broken");
    const [left = "", ...others] = await readdir(images);
    assert.deepEqual([others, (await readdir(join(images, left))).length], [[], 3]);
    assert.deepEqual(await ask(site.db, "select 1 from catalog.product_images"), []);

    const server = await startServing(site);
    assert.equal((await fetch(`${server.address}/api/store/images/${left}`)).status, 404);
    assert.deepEqual([await upload(server, key, content), await upload(server, key, content)], [201, 200]);
    assert.equal(await server.stop(), 0);

    const past = new Date(systemClock.now().getTime() - 2 * dayMs);
    for (const name of await readdir(join(images, left))) await utimes(join(images, left, name), past, past);
    await clearLeftImages({ db: site.db, clock: systemClock, blobs: fileBlobStore(join(site.dataDir, "blobs")) });
    const kept = await ask<{ imageId: string }>(site.db, "select image_id from catalog.product_images");
    const files = (await readdir(images, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    assert.deepEqual(
      [...new Set(files.map(({ parentPath }) => parentPath))],
      kept.map(({ imageId }) => join(images, imageId)),
    );
  });
});
