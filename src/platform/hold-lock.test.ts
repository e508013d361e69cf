import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { processBirth, withLock } from "./hold-lock.ts";

const impossiblePid = 4_194_305;

describe("withLock", () => {
  let folder = "";
  let path = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "orderwell-lock-"));
    path = join(folder, "lock");
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test("lets one in at a time and leaves nothing behind", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await turn();
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => withLock(path, work)));
    assert.equal(most, 1);
    assert.deepEqual(await readdir(folder), []);
  });

  test("lets go when the work fails", async () => {
    await assert.rejects(
      withLock(path, () => Promise.reject(new Error("no"))),
      { message: "no" },
    );
    assert.equal(await withLock(path, async () => "again"), "again");
  });

  for (const [whose, text] of [
    ["a dead process", JSON.stringify({ pid: impossiblePid, birth: "1" })],
    ["an earlier process with a living one's number", JSON.stringify({ pid: process.pid, birth: "1" })],
    ["nobody, since it was cut short", '{"pid":'],
  ] as const) {
    test(`breaks the lock of ${whose}`, async () => {
      await writeFile(path, text);
      assert.equal(await withLock(path, async () => "in"), "in");
      assert.deepEqual(await readdir(folder), []);
    });
  }

  test("tells a living process from none", async () => {
    assert.notEqual(await processBirth(process.pid), undefined);
    assert.equal(await processBirth(impossiblePid), undefined);
  });
});
