import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { testDatabase } from "../../test/support/database.ts";
import { isUnavailable } from "../platform/errors.ts";
import { listApiKeys } from "./api-key-queries.ts";
import { authenticateKey } from "./authenticate-key.ts";
import { keepFirstKey } from "./first-key-flow.ts";
import { keyPattern } from "./key.ts";
import { revokeApiKey } from "./revoke-api-key.ts";

const by = { actor: "cli", name: "operator command", requestId: null };
const noon = new Date("2026-11-23T12:00:00.000Z");
const clock = { now: () => noon };
const limit = 100;
const permissions = 0o777;

describe("keepFirstKey", () => {
  let folder = "";
  let path = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "orderwell-first-key-"));
    path = join(folder, "api-key");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("makes a key that may do everything, in a file that only its owner can read", async () => {
    const { db } = await testDatabase();
    const key = await keepFirstKey(db, clock, folder);
    assert.match(key, keyPattern);
    const principal = await authenticateKey(db, key);
    assert.deepEqual(principal?.scopes, ["full"]);
    assert.equal(principal?.name, "first start");
    assert.equal((await stat(path)).mode & permissions, 0o600);
    assert.deepEqual(await readdir(folder), ["api-key"]);
  });

  test("keeps it across starts, and makes no other", async () => {
    const { db } = await testDatabase();
    const key = await keepFirstKey(db, clock, folder);
    assert.equal(await keepFirstKey(db, clock, folder), key);
    assert.equal((await listApiKeys(db, { limit })).length, 1);
  });

  test("replaces a key that belongs to another database", async () => {
    const [former, present] = [await testDatabase(), await testDatabase()];
    const key = await keepFirstKey(former.db, clock, folder);
    const replaced = await keepFirstKey(present.db, clock, folder);
    assert.notEqual(replaced, key);
    assert.ok(await authenticateKey(present.db, replaced));
    assert.equal(await keepFirstKey(present.db, clock, folder), replaced);
    assert.deepEqual(await readdir(folder), ["api-key"]);
  });

  test("replaces a key that was revoked", async () => {
    const { db } = await testDatabase();
    const key = await keepFirstKey(db, clock, folder);
    const keyId = (await authenticateKey(db, key))?.id ?? "";
    await db.transaction((tx) => revokeApiKey(tx, { key: keyId, by }, noon));
    const replaced = await keepFirstKey(db, clock, folder);
    assert.notEqual(replaced, key);
    assert.ok(await authenticateKey(db, replaced));
    assert.equal(await authenticateKey(db, key), undefined);
  });

  test("replaces a file that holds no key at all", async () => {
    const { db } = await testDatabase();
    await writeFile(path, "not a key\n");
    assert.match(await keepFirstKey(db, clock, folder), keyPattern);
  });

  for (const what of ["start", "replace it"] as const) {
    test(`makes one key for processes that ${what} together, and leaves nothing else behind`, async () => {
      const { db } = await testDatabase();
      if (what === "replace it") await writeFile(path, "not a key\n");
      const keys = await Promise.all(Array.from({ length: 5 }, () => keepFirstKey(db, clock, folder)));
      assert.equal(new Set(keys).size, 1);
      assert.ok(await authenticateKey(db, keys[0] ?? ""));
      assert.equal((await listApiKeys(db, { limit })).length, 1);
      assert.deepEqual(await readdir(folder), ["api-key"]);
    });
  }

  test("keeps no key that the database never got", async () => {
    const { db, close } = await testDatabase();
    await close();
    await assert.rejects(keepFirstKey(db, clock, folder), isUnavailable);
    assert.deepEqual(await readdir(folder), []);
  });

  test("does not throw a good key away when the database cannot be asked", async () => {
    const { db, close } = await testDatabase();
    const key = await keepFirstKey(db, clock, folder);
    const other = await testDatabase();
    await close();
    await assert.rejects(keepFirstKey(db, clock, folder), isUnavailable);
    assert.deepEqual(await readdir(folder), ["api-key"]);
    assert.notEqual(await keepFirstKey(other.db, clock, folder), key);
  });
});
