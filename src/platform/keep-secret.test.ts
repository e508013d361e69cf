import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { keepSecret } from "./keep-secret.ts";

const permissions = 0o777;

describe("keepSecret", () => {
  let parent = "";
  let folder = "";
  let made = 0;
  const make = () => {
    made += 1;
    return `secret-${made}`;
  };
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), "orderwell-secret-"));
    folder = join(parent, "inner", "kept");
    made = 0;
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  test("makes a secret once and keeps it across calls", async () => {
    assert.equal(await keepSecret(folder, "token", make), "secret-1");
    assert.equal(await keepSecret(folder, "token", make), "secret-1");
    assert.equal(made, 1);
  });

  test("lets only its owner read it, whatever the umask allows", async () => {
    const umask = process.umask(0);
    try {
      await keepSecret(folder, "token", make);
    } finally {
      process.umask(umask);
    }
    assert.equal((await stat(join(folder, "token"))).mode & permissions, 0o600);
    assert.equal((await stat(folder)).mode & permissions, 0o700);
  });

  test("gives the same one to all that start at once, and leaves nothing else behind", async () => {
    const kept = await Promise.all(Array.from({ length: 20 }, () => keepSecret(folder, "token", make)));
    assert.equal(new Set(kept).size, 1);
    assert.deepEqual(await readdir(folder), ["token"]);
    assert.equal(await readFile(join(folder, "token"), "utf8"), `${kept[0]}\n`);
  });

  test("keeps secrets of different names apart", async () => {
    assert.equal(await keepSecret(folder, "one", make), "secret-1");
    assert.equal(await keepSecret(folder, "other", make), "secret-2");
  });

  test("waits for a secret that takes time to make", async () => {
    assert.equal(await keepSecret(folder, "token", () => Promise.resolve("slow")), "slow");
  });

  test("leaves nothing behind when none can be made", async () => {
    const failing = keepSecret(folder, "token", () => Promise.reject(new Error("no")));
    await assert.rejects(failing, { message: "no" });
    assert.deepEqual(await readdir(folder), []);
    assert.equal(await keepSecret(folder, "token", make), "secret-1");
  });

  test("takes a secret that somebody wrote by hand, without its line end", async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "token"), "by-hand\r\n");
    assert.equal(await keepSecret(folder, "token", make), "by-hand");
    assert.equal(made, 0);
  });

  test("never takes an empty file for a secret", async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "token"), "\n");
    await assert.rejects(keepSecret(folder, "token", make), /is empty: remove the file/);
    assert.equal(made, 0);
  });

  test("fails rather than making another when the kept one cannot be read", async () => {
    await mkdir(join(folder, "token"), { recursive: true });
    await assert.rejects(keepSecret(folder, "token", make), { code: "EISDIR" });
    assert.equal(made, 0);
  });
});
