import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { emptyDatabase } from "../support/database.ts";
import { insist, orderWish } from "../support/insist.ts";
import { chaosSeed, randomFrom } from "../support/random.ts";
import { givenFolder, type ServingProcess, startServing } from "../support/serve.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const released = "f4eed03"; // The last commit of the schema 0001.
const sideBySideMs = process.env.CHAOS === "long" ? 60_000 : 15_000;
const clients = 6;
const thinkMs = 60;

const servers: ServingProcess[] = [];
after(() => Promise.all(servers.map((server) => server.kill())));

/** The released version in a folder, or undefined where the history is not there. */
async function checkOutReleased(): Promise<string | undefined> {
  const folder = await givenFolder();
  try {
    const archive = execFileSync("git", ["archive", released], { cwd: root, maxBuffer: 1e9, stdio: "pipe" });
    execFileSync("tar", ["-x", "-C", folder], { input: archive });
  } catch {
    return undefined;
  }
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

describe(`the released version and this one on one database (CHAOS_SEED=${chaosSeed})`, () => {
  test("serve, pay, tell and number side by side (N09)", async (t) => {
    const folder = await checkOutReleased();
    if (!folder) return t.skip(`The commit ${released} is not here: fetch the whole history.`);
    const { url, db } = await emptyDatabase();
    const ground = { url, dataDir: await givenFolder() };
    servers.push(await startServing(ground, {}, join(folder, "test/fakes/serve-process.ts")));
    const ended = new AbortController();
    const placing = Array.from({ length: clients }, async (_, name) => {
      const random = randomFrom(chaosSeed + name);
      let placed = 0;
      for (; !ended.signal.aborted; placed += 1) {
        const choose = () => servers[Math.floor(random() * servers.length)];
        const wish = orderWish(`client-${name}-${placed}`);
        const { text } = await insist(wish, choose);
        assert.equal((await insist(wish, choose)).text, text, "both know what the other answered");
        await sleep(random() * thinkMs);
      }
      return placed;
    });
    // The new one migrates under the old one's load.
    servers.push(await startServing(ground));
    await sleep(sideBySideMs);
    ended.abort();
    const placed = (await Promise.all(placing)).reduce((sum, count) => sum + count, 0);
    await untilDrained(db);
    const books = await readBooks(db);
    assert.equal(books.length, placed);
    for (const one of books) assertPaidOnce(one);
    await assertVerified(url);
    for (const server of servers) assert.equal(await server.stop(), 0, server.log());
  });
});
