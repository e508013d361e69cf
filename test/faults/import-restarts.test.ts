import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { getImport } from "../../src/imports/find-imports.ts";
import { type Db, openDb } from "../../src/platform/db.ts";
import { migrate } from "../../src/platform/migrate.ts";
import { type OwnCluster, ownCluster } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { assertExact, receiveFile, untilOver } from "../support/import-under-fire.ts";
import { givenFolder, startWorking } from "../support/serve.ts";

describe("an import whose database restarts in the middle", () => {
  let cluster: OwnCluster;
  let db: Db;

  before(async () => {
    cluster = await ownCluster({ max_connections: "60" });
    await migrate(cluster.url);
    db = openDb({ url: cluster.url, applicationName: "orderwell test", connections: 2 });
  });
  after(async () => {
    await db?.close();
    await cluster?.remove();
  });

  test("goes on by itself with exact counts, and its process lives", async () => {
    const site = { db, url: cluster.url, dataDir: await givenFolder() };
    const slow = "inside-import-read:delay=500,after-import-piece:delay=300,after-payments-start:delay=50";
    const received = await receiveFile(site, { payment: "charge", auto_start: true });
    const worker = await startWorking(site, { FAILPOINTS: slow });
    const came = (what: string, holds: (now: Awaited<ReturnType<typeof getImport>>) => boolean) =>
      eventually(what, async () => holds(await getImport(db, received.uid)));

    await came("rows are read", ({ rowsRead }) => rowsRead > 0);
    await cluster.crash("SIGQUIT");
    await came("orders are placed", ({ ordersPlaced }) => ordersPlaced > 0);
    await cluster.crash("SIGKILL");
    await came("orders are paid", ({ stage }) => stage === "paying");
    await cluster.crash("SIGQUIT");
    await assertExact(site, await untilOver(site, received));
    assert.equal(await worker.stop(), 0);
  });
});
