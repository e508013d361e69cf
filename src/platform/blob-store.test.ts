import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { after, describe, test } from "node:test";
import { startS3 } from "../../test/fakes/s3-server.ts";
import { isBlobKey } from "./blob-key.ts";
import type { BlobStore } from "./blob-store.ts";
import { fileBlobStore } from "./file-blob-client.ts";
import { s3BlobStore } from "./s3-blob-client.ts";

const folder = await mkdtemp(join(tmpdir(), "orderwell-blobs-"));
const bucket = await startS3("imports");
const files = fileBlobStore(folder);
const objects = s3BlobStore(bucket);
after(async () => {
  await objects.close();
  await rm(folder, { recursive: true, force: true });
});

const stores: [string, BlobStore][] = [
  ["a folder", files],
  ["a bucket", objects],
];

const mebibyte = 1_048_576;

/** A stream of so many pieces of a mebibyte, each another one, and the hash of all. */
function stream(pieces: number, end?: () => never) {
  const hash = createHash("sha256");
  async function* give() {
    for (let piece = 0; piece < pieces; piece += 1) {
      const bytes = Buffer.alloc(mebibyte, `piece ${piece} `);
      hash.update(bytes);
      yield bytes;
    }
    end?.();
  }
  return { content: Readable.from(give(), { objectMode: false }), digest: () => hash.digest("hex") };
}

async function textOf(store: BlobStore, key: string, from?: number): Promise<string> {
  return (await buffer(await store.read(key, from))).toString();
}

async function keysIn(store: BlobStore, name: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(name)) keys.push(key);
  return keys.sort();
}

const hostileKeys = [
  "",
  "/etc/passwd",
  "../outside",
  "a/../../outside",
  "a/./b",
  "a//b",
  "a/",
  ".partial/x",
  "a\\..\\b",
  "a\0b",
  "a b",
  "a%2e%2e",
  "ä",
  "a\n",
  "x".repeat(201),
  `a/${"b/".repeat(300)}c`,
];

for (const [name, store] of stores) {
  describe(`${name} of blobs`, () => {
    test("gives back what it was given, from any byte on", async () => {
      assert.deepEqual(await store.write("a/b.csv", Readable.from(["0123", "456789"])), { key: "a/b.csv", bytes: 10 });
      assert.equal(await textOf(store, "a/b.csv"), "0123456789");
      assert.equal(await textOf(store, "a/b.csv", 7), "789");
      assert.equal(await textOf(store, "a/b.csv", 10), "");
      assert.equal(await textOf(store, "a/b.csv", 1_000_000), "");
      assert.deepEqual(await store.find("a/b.csv"), { key: "a/b.csv", bytes: 10 });
    });

    test("keeps what is empty", async () => {
      assert.deepEqual(await store.write("empty", Readable.from([])), { key: "empty", bytes: 0 });
      assert.equal(await textOf(store, "empty"), "");
    });

    test("finds nothing where nothing is, and says so", async () => {
      assert.equal(await store.find("nowhere"), undefined);
      await assert.rejects(store.read("nowhere"), { code: "blob.not_found" });
      await assert.rejects(store.read("nowhere/at/all", 5), { code: "blob.not_found" });
    });

    test("takes away what is there, once and again", async () => {
      await store.write("gone", Readable.from(["x"]));
      await store.remove("gone");
      await store.remove("gone");
      assert.equal(await store.find("gone"), undefined);
    });

    test("lists what stands below a name, and nothing beside it", async () => {
      for (const key of ["l/one", "l/deep/two", "lone"]) await store.write(key, Readable.from(["x"]));
      assert.deepEqual(await keysIn(store, "l"), ["l/deep/two", "l/one"]);
      assert.deepEqual(await keysIn(store, "nothing"), []);
      for await (const { bytes, keptAt } of store.list("l")) {
        assert.equal(bytes, 1);
        assert.ok(keptAt instanceof Date);
      }
    });

    test("replaces a blob whole: whoever reads the old one reads it to its end", async () => {
      const old = stream(6);
      await store.write("replaced", old.content);
      const reading = await store.read("replaced");
      const first = await reading.iterator({ destroyOnReturn: false }).next();
      const fresh = stream(1);
      await store.write("replaced", fresh.content);
      const hash = createHash("sha256").update(first.value);
      if (store === files) {
        for await (const piece of reading) hash.update(piece);
        assert.equal(hash.digest("hex"), old.digest());
      } else reading.destroy();
      assert.deepEqual(await store.find("replaced"), { key: "replaced", bytes: mebibyte });
    });

    for (const pieces of [0, 1, 20]) {
      test(`has nothing of a stream that fails after ${pieces} megabytes`, async () => {
        const { content } = stream(pieces, () => {
          throw new Error("The line broke.");
        });
        await assert.rejects(store.write(`broken/${pieces}`, content), /The line broke/);
        assert.equal(await store.find(`broken/${pieces}`), undefined);
        assert.deepEqual(await keysIn(store, "broken"), []);
      });
    }

    test("has nothing of a stream that is ended by its giver without a word, and keeps what was there", async () => {
      await store.write("cut", Readable.from(["whole"]));
      const content = new PassThrough();
      content.write(randomBytes(mebibyte));
      const writing = store.write("cut", content);
      content.destroy();
      await assert.rejects(writing);
      assert.equal(await textOf(store, "cut"), "whole");
    });

    test("takes a stream of any length with little memory", async () => {
      const pieces = 200;
      const before = process.memoryUsage().rss;
      const { content, digest } = stream(pieces);
      let most = 0;
      content.on("data", () => {
        most = Math.max(most, process.memoryUsage().rss);
      });
      content.pause();
      assert.equal((await store.write("big", content)).bytes, pieces * mebibyte);
      const hash = createHash("sha256");
      for await (const piece of await store.read("big")) {
        hash.update(piece);
        most = Math.max(most, process.memoryUsage().rss);
      }
      assert.equal(hash.digest("hex"), digest());
      assert.ok(most - before < 150 * mebibyte, `${(most - before) / mebibyte} MB`);
    });

    for (const key of hostileKeys) {
      test(`knows no key like ${JSON.stringify(key.slice(0, 20))} of ${key.length} characters`, async () => {
        assert.equal(isBlobKey(key), false);
        const code = "blob.key_invalid";
        await assert.rejects(store.write(key, Readable.from(["x"])), { code });
        await assert.rejects(store.read(key), { code });
        await assert.rejects(store.find(key), { code });
        await assert.rejects(store.remove(key), { code });
      });
    }
  });
}

describe("a folder of blobs on its disk", () => {
  test("follows no link and opens no folder", async () => {
    await mkdir(join(folder, "incoming"), { recursive: true });
    await writeFile(join(folder, "secret"), "nobody's");
    await symlink(join(folder, "secret"), join(folder, "incoming", "link.csv"));
    await assert.rejects(files.read("incoming/link.csv"), { code: "blob.not_found" });
    await assert.rejects(files.read("incoming"), { code: "blob.not_found" });
    assert.equal(await files.find("incoming"), undefined);
  });

  test("leaves no draft behind, of what went wrong either", async () => {
    await files.write("draft", Readable.from(["x"]));
    await assert.rejects(files.write("draft", stream(2, () => assert.fail("broken")).content));
    assert.deepEqual(await readdir(join(folder, ".partial")), []);
  });

  test("takes away the drafts of processes that died, and those alone", async () => {
    const long = new Date("2026-01-01T00:00:00Z");
    await writeFile(join(folder, ".partial", "old"), "x");
    await utimes(join(folder, ".partial", "old"), long, long);
    await writeFile(join(folder, ".partial", "new"), "x");
    await files.removeLeftovers(new Date("2026-01-02T00:00:00Z"));
    assert.deepEqual(await readdir(join(folder, ".partial")), ["new"]);
    await rm(join(folder, ".partial", "new"));
  });

  test("that is not there yet has nothing, and nothing to clear up", async () => {
    const nowhere = fileBlobStore(join(folder, "not", "made"));
    await nowhere.removeLeftovers(new Date("2026-01-02T00:00:00Z"));
    assert.equal(await nowhere.find("x"), undefined);
    await nowhere.remove("x");
    assert.deepEqual(await keysIn(nowhere, "x"), []);
  });
});
