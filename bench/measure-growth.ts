import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../src/platform/embedded-postgres.ts";
import { type Bench, median } from "./bars.ts";
import { countRows, dropJobs } from "./count-rows.ts";
import { fillOrders, searchable, shipSome } from "./fill-orders.ts";
import { measureLists } from "./measure-lists.ts";
import { drained, placeLoad } from "./place-load.ts";
import { startServer } from "./start-server.ts";

const patternSeconds = 1;
const quiet = () => {};

/** P7 and P8, on one database that is filled for both: lists, and P1 against P1 on a database that has no orders, in turn. */
export async function measureGrowth(bench: Bench, wanted: { lists: boolean; growth: boolean }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "orderwell-bench-"));
  const sides = { empty: join(folder, "empty"), full: join(folder, "full") };
  for (const dataDir of Object.values(sides)) await (await startServer({ dataDir })).stop();
  const empty = await startEmbeddedPostgres({ dataDir: sides.empty, say: quiet });
  const full = await startEmbeddedPostgres({ dataDir: sides.full, say: quiet });
  try {
    await fill(bench, { dataDir: sides.full, url: full.url });
    if (wanted.lists) await measureLists(bench, serving({ dataDir: sides.full, url: full.url }));
    if (!wanted.growth) return;
    await compare(bench, {
      empty: { dataDir: sides.empty, url: empty.url },
      full: { dataDir: sides.full, url: full.url },
    });
  } finally {
    await empty.stop();
    await full.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Side {
  readonly dataDir: string;
  readonly url: string;
}

async function fill(bench: Bench, { dataDir, url }: Side): Promise<void> {
  const startedAt = performance.now();
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "here" });
  await placeLoad(server, { connections: bench.connections, seconds: patternSeconds });
  await drained(url);
  await shipSome(server, url);
  await drained(url);
  await searchable(url);
  await server.stop();
  await fillOrders(url, bench.orders);
  const orders = (await countRows(url)).get("orders.orders");
  console.log(`     ${orders} orders are there after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
}

async function compare(bench: Bench, sides: { empty: Side; full: Side }): Promise<void> {
  const { seconds, connections, note } = bench;
  const servers = {
    empty: await startServer({ ...serving(sides.empty), jobs: "elsewhere" }),
    full: await startServer({ ...serving(sides.full), jobs: "elsewhere" }),
  };
  const ratios: number[] = [];
  // The first turn warms both servers and is not counted.
  for (let round = 0; round <= bench.rounds; round += 1) {
    const onEmpty = (await placeLoad(servers.empty, { connections, seconds })).perSecond;
    const onFull = (await placeLoad(servers.full, { connections, seconds })).perSecond;
    await Promise.all([dropJobs(sides.empty.url), dropJobs(sides.full.url)]);
    console.log(`     on an empty database ${onEmpty.toFixed(0)}/s, on a full one ${onFull.toFixed(0)}/s`);
    if (round > 0) ratios.push(onFull / onEmpty);
  }
  await servers.empty.stop();
  await servers.full.stop();
  const ratio = median(ratios);
  const what = `P1 with ${bench.orders} orders there, against P1 with none`;
  note({ bar: "P8", what, figure: ratio, unit: "x", mustBe: ">= 0.9", reached: ratio >= 0.9 });
}

function serving({ dataDir, url }: Side): { dataDir: string; databaseUrl: string } {
  return { dataDir, databaseUrl: url };
}
