import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openDb } from "../../src/platform/db.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../src/platform/embedded-postgres.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { givenFolder, type ServingProcess, startServing } from "../support/serve.ts";

const program = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const order = {
  customer_email: "tanaka@example.co.jp",
  customer_name: "田中太郎",
  items: [{ product_name: "本", quantity: 3, unit_price: 1500 }],
};

async function openDatabase(context: TestContext, dataDir: string): Promise<EmbeddedPostgres> {
  const embedded = await startEmbeddedPostgres({ dataDir, say: () => {} });
  context.after(() => embedded.stop());
  return embedded;
}

/** A shop on an embedded database of its own. */
async function open(context: TestContext, dataDir: string): Promise<{ shop: ServingProcess; url: string }> {
  const { url } = await openDatabase(context, dataDir);
  return { shop: await startServing({ url, dataDir }), url };
}

async function backUp(dataDir: string, target: string, settings: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH ?? "", DATA_DIR: dataDir, ...settings };
  return promisify(execFile)(process.execPath, [program, "backup", target], { env }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
  );
}

async function place(shop: ServingProcess): Promise<number> {
  const { status, text } = await shop.send("POST", "/api/v1/orders/", { body: order });
  assert.equal(status, 201, text);
  return JSON.parse(text).id as number;
}

/** Places one order after the other until it is told to stop; answers the ids that were acknowledged. */
function keepPlacing(shop: ServingProcess) {
  const ids: number[] = [];
  let stopping = false;
  const done = (async () => {
    while (!stopping) ids.push(await place(shop));
  })();
  return {
    ids,
    async stop() {
      stopping = true;
      await done;
    },
  };
}

describe("orderwell backup", () => {
  test("copies a shop that sells meanwhile; another starts on the copy with all that was there", async (context) => {
    const folder = await givenFolder();
    const { shop } = await open(context, join(folder, "shop"));
    const placing = [keepPlacing(shop), keepPlacing(shop), keepPlacing(shop)];
    const first = await place(shop);
    const before = placing.flatMap(({ ids }) => [...ids]);
    const copy = join(folder, "copies", "monday");
    const { code, said } = await backUp(join(folder, "shop"), copy);
    assert.equal(code, 0, said);
    assert.match(said, /Copied \d+ files, \d+ MB, to .*monday/);
    await Promise.all(placing.map(({ stop }) => stop()));
    assert.equal(await shop.stop(), 0);

    const { shop: restored, url } = await open(context, copy);
    for (const id of [first, ...before]) {
      assert.equal((await restored.send("GET", `/api/v1/orders/${id}`)).status, 200, `order ${id}`);
    }
    const next = await place(restored);
    assert.ok(next > first, "the shop goes on counting");
    const db = openDb({ url, applicationName: "orderwell test" });
    await untilDrained(db);
    await db.close();
    await assertVerified(url);
    assert.equal(await restored.stop(), 0);
  });

  test("takes the key and the webhook's secret along, closed to others", async (context) => {
    const folder = await givenFolder();
    const { shop } = await open(context, join(folder, "shop"));
    await writeFile(join(folder, "shop", "webhook-secret"), "whsec_c2VjcmV0IG9mIGEgdGVzdCwgbG9uZyBlbm91Z2g=", {
      mode: 0o600,
    });
    await mkdir(join(folder, "empty"));
    assert.equal((await backUp(join(folder, "shop"), join(folder, "empty"))).code, 0);
    assert.equal(await shop.stop(), 0);
    assert.deepEqual((await readdir(join(folder, "empty"))).sort(), ["api-key", "postgres", "webhook-secret"]);
    for (const name of ["api-key", "postgres", "webhook-secret"]) {
      assert.equal((await stat(join(folder, "empty", name))).mode & 0o077, 0, name);
    }
    assert.deepEqual(await readdir(folder), ["empty", "shop"]);
  });

  test("refuses a folder with something in it, and a database that is not its own", async (context) => {
    const folder = await givenFolder();
    await openDatabase(context, join(folder, "shop"));
    await mkdir(join(folder, "full"));
    await writeFile(join(folder, "full", "letter"), "mine");
    const full = await backUp(join(folder, "shop"), join(folder, "full"));
    assert.deepEqual([full.code, /is not empty/.test(full.said)], [1, true], full.said);
    assert.deepEqual(await readdir(join(folder, "full")), ["letter"]);

    await writeFile(join(folder, "file"), "");
    const file = await backUp(join(folder, "shop"), join(folder, "file"));
    assert.deepEqual([file.code, /cannot be written/.test(file.said)], [1, true], file.said);

    const other = await backUp(join(folder, "shop"), join(folder, "new"), { DATABASE_URL: "postgres://127.0.0.1/x" });
    assert.deepEqual([other.code, /pg_dump/.test(other.said)], [2, true], other.said);
  });
});
