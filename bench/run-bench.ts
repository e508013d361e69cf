import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "../src/platform/embedded-postgres.ts";
import { type Bar, type Bench, printBar, printTable, saveBars } from "./bars.ts";
import { measureBatch } from "./measure-batch.ts";
import { measureCarts } from "./measure-carts.ts";
import { measureCatalog } from "./measure-catalog.ts";
import { measureCheckout } from "./measure-checkout.ts";
import { measureDelivery } from "./measure-delivery.ts";
import { measureFootprint } from "./measure-footprint.ts";
import { measureGrowth } from "./measure-growth.ts";
import { measureImport } from "./measure-import.ts";
import { measureLatency, measurePlacing, measureSustained } from "./measure-placing.ts";
import { measureReading } from "./measure-reading.ts";
import { measureStart } from "./measure-start.ts";
import { startServer } from "./start-server.ts";

const parts = ["P1", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12", "C1"] as const;
const help = `npm run bench -- [flags]: measures the bars of bench/README.md and prints them beside the last results.
  --only P1,P11  some parts only, of ${parts.join(", ")}; P1 measures R, P1, P2 and P1s
  --rounds N     sides of a ratio in turn, so often (3)
  --seconds N    for each measurement (8)
  --sustain N    seconds of P1s (60)
  --orders N     that are there for P7 and P8 (2000000); filling takes minutes and 5 GB for two million
  --import-orders N   that P4's file has (100000)
  --import-bytes N    that P5's file has (1000000000)
  --import-seconds N  after which P5's import is cancelled (1800)
  --connections N  (128)
  --save         writes the results to bench/results/
  --help`;

const { values: flags } = parseArgs({
  options: {
    only: { type: "string", default: parts.join(",") },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "8" },
    sustain: { type: "string", default: "60" },
    orders: { type: "string", default: "2000000" },
    "import-orders": { type: "string", default: "100000" },
    "import-bytes": { type: "string", default: "1000000000" },
    "import-seconds": { type: "string", default: "1800" },
    connections: { type: "string", default: "128" },
    save: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  console.log(help);
  process.exit(0);
}
const wanted = new Set(flags.only.split(","));
const unknown = [...wanted].find((name) => !(parts as readonly string[]).includes(name));
if (unknown !== undefined) {
  console.error(`There is no part ${unknown}.\n${help}`);
  process.exit(2);
}

const bars: Bar[] = [];
const sizes = {
  rounds: Number(flags.rounds),
  seconds: Number(flags.seconds),
  sustain: Number(flags.sustain),
  orders: Number(flags.orders),
  importOrders: Number(flags["import-orders"]),
  importBytes: Number(flags["import-bytes"]),
  importSeconds: Number(flags["import-seconds"]),
  connections: Number(flags.connections),
};
const folder = mkdtempSync(join(tmpdir(), "orderwell-bench-"));
const dataDir = join(folder, "data");
const note = (bar: Bar) => {
  bars.push(bar);
  printBar(bar);
};

// The first start makes the database, its schema and the key; nothing is measured on it.
await (await startServer({ dataDir })).stop();
const postgres = await startEmbeddedPostgres({ dataDir, say: () => {} });
const bench: Bench = { ...sizes, dataDir, url: postgres.url, note };
try {
  if (wanted.has("P1")) {
    const { r, p1 } = await measurePlacing(bench);
    await measureLatency(bench, p1);
    await measureSustained(bench, r);
  }
  if (wanted.has("P3")) await measureBatch(bench);
  if (wanted.has("P4")) await measureImport(bench);
  if (wanted.has("P5")) await measureFootprint(bench);
  if (wanted.has("P9")) await measureCheckout(bench);
  if (wanted.has("P11")) await measureDelivery(bench);
  if (wanted.has("P6")) await measureReading(bench);
  if (wanted.has("C1")) await measureCarts(bench);
  if (wanted.has("P12")) await measureCatalog(bench);
} finally {
  await postgres.stop();
}
if (wanted.has("P10")) await measureStart(bench);
rmSync(folder, { recursive: true, force: true });
const large = { lists: wanted.has("P7"), growth: wanted.has("P8") };
if (large.lists || large.growth) await measureGrowth(bench, large);
printTable(bars);
if (flags.save) saveBars(bars, sizes);
