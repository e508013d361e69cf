import assert from "node:assert/strict";
import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { ann, givenImport } from "../../test/support/given-imports.ts";
import { noon } from "../../test/support/given-orders.ts";
import { fileBlobStore } from "../platform/file-blob-client.ts";
import { cancelImport } from "./cancel-import.ts";
import { clearLeftFiles, clearOldFiles } from "./clear-files-flow.ts";
import { getImport } from "./find-imports.ts";
import type { Import } from "./import.ts";

const dayMs = 86_400_000;
const folder = await mkdtemp(join(tmpdir(), "orderwell-clearing-"));
const blobs = fileBlobStore(folder);
let database: TestDatabase;

before(async () => {
  database = await testDatabase();
});
after(() => rm(folder, { recursive: true, force: true }));

/** What stands in the store, and the time so many days after noon. */
function ground(days: number) {
  return { db: database.db, blobs, clock: { now: () => new Date(noon.getTime() + days * dayMs) } };
}

/** An import with a file that was written at noon; over by then, or waiting. */
async function givenFile(over: boolean): Promise<Import> {
  const { db } = database;
  const made = await db.transaction((tx) => givenImport(tx));
  const key = made.blobKey as string;
  await blobs.write(key, Readable.from(["Order\n"]));
  await utimes(join(folder, key), noon, noon);
  if (over) await db.transaction((tx) => cancelImport(tx, { uid: made.uid, by: ann }, noon));
  return made;
}

async function isKept({ uid, blobKey }: Import): Promise<{ row: boolean; file: boolean }> {
  const now = await getImport(database.db, uid);
  return { row: now.blobKey !== null, file: (await blobs.find(blobKey as string)) !== undefined };
}

const kept = { row: true, file: true };

describe("clearOldFiles", () => {
  test("takes away the files of imports that are over for long enough, and keeps the others", async () => {
    const [old, waiting] = [await givenFile(true), await givenFile(false)];
    await clearOldFiles(ground(9), 10 * dayMs);
    assert.deepEqual(await isKept(old), kept);
    await clearOldFiles(ground(11), 10 * dayMs);
    assert.deepEqual(await isKept(old), { row: false, file: false });
    assert.deepEqual(await isKept(waiting), kept);
    await clearOldFiles(ground(11), 10 * dayMs);
  });

  test("takes away more than fit into one look", async () => {
    const all = await Promise.all(Array.from({ length: 120 }, () => givenFile(true)));
    await clearOldFiles(ground(11), 10 * dayMs);
    for (const one of all) assert.deepEqual(await isKept(one), { row: false, file: false });
  });

  test("keeps all when no time is set", async () => {
    const old = await givenFile(true);
    await clearOldFiles(ground(1_000), 0);
    assert.deepEqual(await isKept(old), kept);
  });
});

describe("clearLeftFiles", () => {
  test("takes away files and drafts that nobody has after a day, and no import's", async () => {
    const mine = await givenFile(false);
    for (const key of ["imports/left", "imports/fresh", "incoming/theirs"]) {
      await blobs.write(key, Readable.from(["x"]));
      if (key !== "imports/fresh") await utimes(join(folder, key), noon, noon);
    }
    const later = new Date(noon.getTime() + 2 * dayMs);
    await utimes(join(folder, "imports/fresh"), later, later);
    await clearLeftFiles(ground(2));
    assert.equal(await blobs.find("imports/left"), undefined);
    assert.ok(await blobs.find("imports/fresh"));
    assert.ok(await blobs.find("incoming/theirs"));
    assert.deepEqual(await isKept(mine), kept);
  });
});
