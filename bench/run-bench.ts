import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startEmbeddedPostgres } from "../src/platform/embedded-postgres.ts";
import { countBacklog, countRows, dropJobs } from "./count-rows.ts";
import { httpRequest, type LoadResult, loadHttp } from "./load-http.ts";
import { measureBaseline } from "./measure-baseline.ts";
import { measureHandwritten } from "./measure-handwritten.ts";
import { residentMb, type Server, startServer } from "./start-server.ts";

const help = `npm run bench -- [flags]: measures the bars of bench/README.md and prints them beside the last results.
  --rounds N     R and P1 in turn, so often (3)
  --seconds N    for each measurement (8)
  --sustain N    seconds of P1s (60)
  --connections N  (128)
  --save         writes the results to bench/results/
  --help`;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "8" },
    sustain: { type: "string", default: "60" },
    connections: { type: "string", default: "128" },
    save: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  console.log(help);
  process.exit(0);
}
const rounds = Number(flags.rounds);
const seconds = Number(flags.seconds);
const sustain = Number(flags.sustain);
const connections = Number(flags.connections);

const resultsDir = new URL("./results/", import.meta.url).pathname;
const idleMs = 5_000;
const warmingSeconds = 5;
const drainPatienceMs = 300_000;
const connectionsOfBaseline = 16;

interface Bar {
  readonly bar: string;
  readonly what: string;
  readonly figure: number;
  readonly unit: string;
  readonly mustBe: string;
  readonly reached: boolean;
}

const bars: Bar[] = [];
const note = (bar: Bar) => {
  bars.push(bar);
  console.log(
    `${bar.bar.padEnd(4)} ${bar.figure.toFixed(2).padStart(9)} ${bar.unit}  ${bar.reached ? "reached" : "MISSED"}`,
  );
};

const orderBody = JSON.stringify({
  customer_email: "tanaka@example.co.jp",
  customer_name: "田中太郎",
  items: [
    { product_name: "ノートPC", quantity: 2, unit_price: 89800.0 },
    { product_name: "マウス", quantity: 1, unit_price: 11000.0 },
  ],
  currency: "JPY",
});

function placeOrders(server: Server, load: { seconds: number; perSecond?: number }): Promise<LoadResult> {
  const request = httpRequest("POST", "/api/v1/orders/", { authorization: `Bearer ${server.apiKey}` }, orderBody);
  return loadHttp({ port: server.port, request, connections, mustContain: '"status":"paid"', ...load });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const folder = mkdtempSync(join(tmpdir(), "orderwell-bench-"));
const dataDir = join(folder, "data");
const quiet = () => {};

// The first start makes the database, its schema and the key; nothing is measured on it.
await (await startServer({ dataDir })).stop();
const postgres = await startEmbeddedPostgres({ dataDir, say: quiet });
const { url } = postgres;
try {
  const baseline = await measurePlacing();
  await measureLatency(baseline.p1);
  await measureSustained(baseline.r);
  await measureReading();
} finally {
  await postgres.stop();
}
await measureStart();
rmSync(folder, { recursive: true, force: true });
report();

/** R, the handwritten statements and P1 in turn on the same database; the ratios are taken round by round. */
async function measurePlacing(): Promise<{ r: number; p1: number }> {
  const turns: { r: number; hand: number; p1: number }[] = [];
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "elsewhere" });
  for (let round = 1; round <= rounds; round += 1) {
    const start = await countRows(url);
    const r = await measureBaseline(url, seconds, connectionsOfBaseline);
    const second = await countRows(url);
    const hand = await measureHandwritten(url, seconds, connectionsOfBaseline);
    const third = await countRows(url);
    const p1 = (await placeOrders(server, { seconds })).perSecond;
    const end = await countRows(url);
    assertSameRows([start, second], [third, end]);
    assertSameRows([second, third], [third, end]);
    await dropJobs(url);
    turns.push({ r, hand, p1 });
    console.log(
      `     round ${round}: R ${r.toFixed(0)}/s, by hand ${hand.toFixed(0)}/s, P1 ${p1.toFixed(0)}/s, P1/R ${(p1 / r).toFixed(2)}`,
    );
  }
  await server.stop();
  const r = median(turns.map((turn) => turn.r));
  const hand = median(turns.map((turn) => turn.hand));
  const p1 = median(turns.map((turn) => turn.p1));
  const ratio = median(turns.map((turn) => turn.p1 / turn.r));
  const ratioByHand = median(turns.map((turn) => turn.p1 / turn.hand));
  note({ bar: "R", what: "P1's verbs with sets of one", figure: r, unit: "orders/s", mustBe: "", reached: true });
  note({ bar: "H", what: "two statements by hand", figure: hand, unit: "orders/s", mustBe: "", reached: true });
  note({ bar: "P1", what: "POST /api/v1/orders/, paid", figure: p1, unit: "orders/s", mustBe: "", reached: true });
  note({ bar: "P1/R", what: "", figure: ratio, unit: "x", mustBe: ">= 6 (aim 10)", reached: ratio >= 6 });
  note({ bar: "P1/H", what: "no bar, the stricter side", figure: ratioByHand, unit: "x", mustBe: "", reached: true });
  return { r, p1 };
}

type Counts = Map<string, number>;

/** A baseline that leaves less than we do would be no baseline, and one that leaves more would flatter us. */
function assertSameRows([b0, b1]: [Counts, Counts], [p0, p1]: [Counts, Counts]): void {
  const orders = "orders.orders";
  const placed = (from: Counts, to: Counts, table: string) => (to.get(table) ?? 0) - (from.get(table) ?? 0);
  for (const table of b0.keys()) {
    const ofBaseline = placed(b0, b1, table) / placed(b0, b1, orders);
    const ofP1 = placed(p0, p1, table) / placed(p0, p1, orders);
    // An order that was under way when the load ended may have its second half missing.
    if (Math.abs(ofBaseline - ofP1) > 0.05) {
      throw new Error(`${table}: the baseline leaves ${ofBaseline} rows an order, P1 leaves ${ofP1}.`);
    }
  }
}

/** On a server that has been running for a moment: what its first seconds cost is P10's matter. */
async function measureLatency(p1: number): Promise<void> {
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "elsewhere" });
  await placeOrders(server, { seconds: warmingSeconds, perSecond: p1 / 2 });
  const { p99Ms } = await placeOrders(server, { seconds, perSecond: p1 / 2 });
  await server.stop();
  await dropJobs(url);
  note({
    bar: "P2",
    what: "P1 at half its rate: p99",
    figure: p99Ms,
    unit: "ms",
    mustBe: "<= 100 (aim 50)",
    reached: p99Ms <= 100,
  });
}

/** Orders over the time until the last job is done and the last event has its place in the feed. */
async function measureSustained(r: number): Promise<void> {
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "here" });
  await drained();
  const ordersBefore = (await countRows(url)).get("orders.orders") ?? 0;
  const startedAt = performance.now();
  await placeOrders(server, { seconds: sustain });
  const leftBehind = await countBacklog(url);
  await drained();
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  const orders = ((await countRows(url)).get("orders.orders") ?? 0) - ordersBefore;
  await server.stop();
  const perSecond = orders / elapsedSeconds;
  console.log(
    `     ${orders} orders, ${leftBehind} jobs and appends left when the load ended, all done after ${elapsedSeconds.toFixed(1)} s`,
  );
  note({
    bar: "P1s",
    what: `P1 for ${sustain} s, until the last job is done`,
    figure: perSecond,
    unit: "orders/s",
    mustBe: ">= 3 R",
    reached: perSecond >= 3 * r,
  });
  note({ bar: "P1s/R", what: "", figure: perSecond / r, unit: "x R", mustBe: ">= 3", reached: perSecond >= 3 * r });
}

async function drained(): Promise<void> {
  const until = performance.now() + drainPatienceMs;
  while ((await countBacklog(url)) > 0) {
    if (performance.now() > until) throw new Error("The jobs were not done in time.");
    await sleep(20);
  }
}

async function measureReading(): Promise<void> {
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "elsewhere" });
  const empty = spawn(process.execPath, [new URL("./empty-server.ts", import.meta.url).pathname], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(empty.stdout, "data")) as [Buffer];
  const get = httpRequest("GET", "/api/v1/orders/1", { authorization: `Bearer ${server.apiKey}` });
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const nothing = await loadHttp({
      port: Number(line.toString()),
      request: httpRequest("GET", "/empty", {}),
      connections,
      seconds: seconds / 2,
      mustContain: "true",
    });
    const order = await loadHttp({
      port: server.port,
      request: get,
      connections,
      seconds: seconds / 2,
      mustContain: '"id":1,',
    });
    console.log(`     empty route ${nothing.perSecond.toFixed(0)}/s, one order ${order.perSecond.toFixed(0)}/s`);
    ratios.push(order.perSecond / nothing.perSecond);
  }
  empty.kill();
  await server.stop();
  const ratio = median(ratios);
  note({
    bar: "P6",
    what: "GET one order, against an empty Fastify route",
    figure: ratio,
    unit: "x",
    mustBe: ">= 0.3",
    reached: ratio >= 0.3,
  });
}

async function measureStart(): Promise<void> {
  const server = await startServer({ dataDir });
  await sleep(idleMs);
  const memoryMb = residentMb(server.pid);
  await server.stop();
  note({
    bar: "P10",
    what: "start to first healthy answer",
    figure: server.startMs / 1000,
    unit: "s",
    mustBe: "<= 2",
    reached: server.startMs <= 2000,
  });
  note({
    bar: "P10m",
    what: "idle memory of the server process",
    figure: memoryMb,
    unit: "MB",
    mustBe: "<= 160",
    reached: memoryMb <= 160,
  });
}

/** Prints everything beside the last committed results, and keeps it when asked to. */
function report(): void {
  const last = readdirSync(resultsDir)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .at(-1);
  const before: Bar[] = last === undefined ? [] : JSON.parse(readFileSync(join(resultsDir, last), "utf8")).bars;
  console.log(`\n| bar | what | must be | now | ${last ?? "before"} | |\n|---|---|---|---|---|---|`);
  for (const bar of bars) {
    const old = before.find((one) => one.bar === bar.bar)?.figure.toFixed(2) ?? "";
    console.log(
      `| ${bar.bar} | ${bar.what} | ${bar.mustBe} | ${bar.figure.toFixed(2)} ${bar.unit} | ${old} | ${bar.reached ? "reached" : "MISSED"} |`,
    );
  }
  if (!flags.save) return;
  const date = new Date().toISOString().slice(0, 16).replace(":", "");
  const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model, node: process.version };
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const sizes = { rounds, seconds, sustain, connections };
  writeFileSync(
    join(resultsDir, `${date}.json`),
    `${JSON.stringify({ date, commit, machine, sizes, bars }, null, 2)}\n`,
  );
}
