import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Db, openDb } from "../../src/platform/db.ts";
import { fileBlobStore } from "../../src/platform/file-blob-client.ts";
import { assertPaidOnce, assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { type OwnCluster, ownCluster } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { insist, ordersPath, orderWish } from "../support/insist.ts";
import { givenFolder, type ServingProcess, startServing } from "../support/serve.ts";

const diskMb = 220;
const filesMb = 2;
const small = { shared_buffers: "32MB", wal_buffers: "1MB", min_wal_size: "32MB", max_wal_size: "64MB" };
const fullMs = process.env.CHAOS === "long" ? 60_000 : 4_000;
const clients = 6;
const lines = 200; // Orders so long that free places in the tables are soon used up.
const againMs = 50;

let folder = "";
let cluster: OwnCluster | undefined;
let server: ServingProcess | undefined;
let db: Db | undefined;

function mayMount(path: string, megabytes: number): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=755`, "tmpfs", path], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Fills the disk to the last block and answers how to free it. */
async function fill(): Promise<() => Promise<void>> {
  const ballast = join(folder, "ballast");
  for (const piece of [1 << 20, 1 << 12]) {
    const zeros = Buffer.alloc(piece);
    let written = true;
    while (written) {
      written = await writeFile(ballast, zeros, { flag: "a" }).then(
        () => true,
        () => false,
      );
    }
  }
  return () => rm(ballast);
}

function longWish(key: string) {
  const wish = orderWish(key);
  const items = Array.from({ length: lines }, (_, line) => ({
    product_name: `Tea number ${line} for ${key}`,
    quantity: 1,
    unit_price: 0.1,
  }));
  return { ...wish, body: { ...(wish.body as object), items } };
}

describe("a disk that is full (D06, D07)", () => {
  // Before the folders of the file are removed.
  after(async () => {
    await server?.kill();
    await db?.close();
    await cluster?.remove();
    if (folder !== "") execFileSync("umount", [folder]);
  });

  test("makes the server refuse, half-writes nothing, and is forgotten once there is space", async (t) => {
    const mounted = await givenFolder();
    if (!mayMount(mounted, diskMb)) return t.skip("This user may not mount a disk of memory.");
    folder = mounted;
    cluster = await ownCluster(small, folder);
    server = await startServing({ url: cluster.url, dataDir: await givenFolder() });
    db = openDb({ url: cluster.url, applicationName: "orderwell test", connections: 2 });
    const serving = server;
    await insist(longWish("before"), () => serving);

    const free = await fill();
    const until = performance.now() + fullMs;
    const heard = new Map<number, number>();
    const asked: string[] = [];
    const client = async (name: number) => {
      for (let turn = 0; performance.now() < until; turn += 1) {
        const { key, body } = longWish(`full-${name}-${turn}`);
        asked.push(key);
        const { status, headers, text } = await serving.send("POST", ordersPath, { key, body });
        heard.set(status, (heard.get(status) ?? 0) + 1);
        if (status !== 201) {
          assert.equal(status, 503, text);
          assert.ok(Number(headers.get("retry-after")) > 0);
          await sleep(againMs);
        }
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, name) => client(name)));
    assert.ok((heard.get(503) ?? 0) > 0, `it was felt: ${JSON.stringify([...heard])}`);
    assert.equal((await serving.send("GET", "/health/live")).status, 200);

    await free();
    await eventually("it is ready", async () => (await serving.send("GET", "/health/ready")).status === 200);
    for (const key of asked.slice(-clients)) await insist(longWish(key), () => serving);
    await untilDrained(db);
    const books = await readBooks(db);
    assert.ok(books.length <= asked.length + 1);
    for (const one of books) assertPaidOnce(one);
    await assertVerified(cluster.url);
    assert.equal(await serving.stop(), 0);
  });
});

describe("a folder of files that is full", () => {
  test("keeps nothing of a file that does not fit, says why, and takes the next one that does", async (t) => {
    const mounted = await givenFolder();
    if (!mayMount(mounted, filesMb)) return t.skip("This user may not mount a disk of memory.");
    try {
      const files = fileBlobStore(mounted);
      const large = Readable.from(Array.from({ length: 2 * filesMb }, () => Buffer.alloc(1 << 20)));
      await assert.rejects(files.write("imports/large", large), { code: "blob.no_space", kind: "unavailable" });
      const left = await readdir(mounted, { recursive: true, withFileTypes: true });
      assert.deepEqual(
        left.filter((entry) => entry.isFile()).map(({ name }) => name),
        [],
      );
      assert.deepEqual(await files.write("imports/small", Readable.from(["a,b"])), { key: "imports/small", bytes: 3 });
    } finally {
      execFileSync("umount", [mounted]);
    }
  });
});
