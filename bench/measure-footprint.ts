import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, median } from "./bars.ts";
import { httpRequest, loadHttp } from "./load-http.ts";
import { writeOrderFile } from "./order-file.ts";
import { placeLoad } from "./place-load.ts";
import { residentMb, type Server, startServer } from "./start-server.ts";
import { cancelImport, type ImportAnswer, readImport, uploadFile } from "./upload-file.ts";

const badEvery = 1_000;
const requestsPerSecond = 20; // Of each kind: other work goes on, and leaves the cores to the import.
const connections = 4;
const windowSeconds = 10;
const quietWindows = 2;
const settleMs = 3_000;
const sampleMs = 200;
const pollMs = 500;
const mostGrowthMb = 150;
const mostDelayMs = 50;
const mostSlowerMs = 50; // "Normal" as a figure: as much later as the loop may be.

/** How other requests fared in one window. */
interface Window {
  readonly placeP99Ms: number;
  readonly readP99Ms: number;
}

const over = (found: ImportAnswer) => !["received", "validating", "ready", "running"].includes(found.status);

/** P5: an import of a large file in a server that answers others meanwhile: its memory, its loop, their latency. */
export async function measureFootprint(bench: Bench): Promise<void> {
  const { url, dataDir, importBytes, importSeconds } = bench;
  const folder = join(dataDir, "..", "footprint-bench");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "large.csv");
  await writeOrderFile(file, { bytes: importBytes, series: "large", badEvery });
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "here" });
  try {
    await sleep(settleMs);
    const idleMb = residentMb(server.pid);
    const orderUid = await placedOrder(server);
    const quiet: Window[] = [];
    const quietMemory = watchMemory(server);
    for (let turn = 0; turn <= quietWindows; turn += 1) quiet.push(await otherRequests(server, orderUid));
    const quietMb = quietMemory.stop();
    await loopDelayMs(server); // Counts from here on.
    const memory = watchMemory(server);
    const during = await importMeanwhile(server, { file, orderUid, longestMs: importSeconds * 1000 });
    const delayMs = await loopDelayMs(server);
    noteFootprint(bench, {
      fileMb: statSync(file).size / 1_000_000,
      mostMb: memory.stop(),
      quietMb,
      idleMb,
      delayMs,
      quiet: quiet.slice(1), // The first warmed it.
      during,
    });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function placedOrder(server: Server): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/orders/`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      customer_email: "tanaka@example.co.jp",
      customer_name: "田中太郎",
      items: [{ product_name: "マウス", quantity: 1, unit_price: 11_000 }],
      currency: "JPY",
    }),
  });
  const order = (await answer.json()) as { order_id?: number | string; id?: number | string };
  return String(order.order_id ?? order.id);
}

/** A window of orders placed and of one order read, both at a fixed rate. */
async function otherRequests(server: Server, orderId: string): Promise<Window> {
  const headers = { authorization: `Bearer ${server.apiKey}` };
  const [placed, read] = await Promise.all([
    placeLoad(server, { connections, seconds: windowSeconds, perSecond: requestsPerSecond }),
    loadHttp({
      port: server.port,
      request: httpRequest("GET", `/api/v1/orders/${orderId}`, headers),
      connections,
      seconds: windowSeconds,
      perSecond: requestsPerSecond,
      mustContain: " 200 OK",
    }),
  ]);
  return { placeP99Ms: placed.p99Ms, readP99Ms: read.p99Ms };
}

/** The 99th percentile since it was asked the last time. Node's timer waits 10 ms by itself, which is in it. */
async function loopDelayMs(server: Server): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`, {
    headers: { authorization: `Bearer ${server.apiKey}` },
  });
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(await answer.text())?.[1]) * 1000;
}

/** Looks at the server's memory again and again; answers the most that it saw. */
function watchMemory(server: Server): { stop(): number } {
  let most = 0;
  const look = () => {
    most = Math.max(most, residentMb(server.pid));
  };
  const timer = setInterval(look, sampleMs);
  return {
    stop() {
      look();
      clearInterval(timer);
      return most;
    },
  };
}

interface Course {
  readonly windows: readonly Window[];
  readonly uploadSeconds: number;
  /** From the end of the upload until every row was read and checked; all of it when the time was up before. */
  readonly readSeconds: number;
  readonly seconds: number;
  readonly ended: ImportAnswer;
}

async function importMeanwhile(
  server: Server,
  given: { file: string; orderUid: string; longestMs: number },
): Promise<Course> {
  const startedAt = performance.now();
  const since = () => (performance.now() - startedAt) / 1000;
  const windows: Window[] = [];
  let done = false;
  const others = (async () => {
    while (!done) windows.push(await otherRequests(server, given.orderUid));
  })();
  try {
    const { id } = await uploadFile(server, given.file, { source: "bench", payment: "none", auto_start: true });
    const uploadSeconds = since();
    let readSeconds: number | undefined;
    let found = await readImport(server, id);
    while (!over(found) && since() * 1000 < given.longestMs) {
      if (found.status === "running") readSeconds ??= since() - uploadSeconds;
      await sleep(pollMs);
      found = await readImport(server, id);
    }
    const seconds = since();
    const ended = over(found) ? found : await cancelImport(server, id);
    return { windows, uploadSeconds, readSeconds: readSeconds ?? seconds - uploadSeconds, seconds, ended };
  } finally {
    done = true;
    await others;
  }
}

interface Footprint {
  readonly fileMb: number;
  /** Of memory: after its start, with the other requests alone, and the most with the import. */
  readonly idleMb: number;
  readonly quietMb: number;
  readonly mostMb: number;
  readonly delayMs: number;
  readonly quiet: readonly Window[];
  readonly during: Course;
}

function noteFootprint({ note }: Bench, found: Footprint): void {
  const { idleMb, quietMb, mostMb, delayMs, during } = found;
  const { uploadSeconds, readSeconds, seconds, ended } = during;
  console.log(
    `     ${found.fileMb.toFixed(0)} MB: uploaded in ${uploadSeconds.toFixed(1)} s, read and checked in ${readSeconds.toFixed(1)} s, ` +
      `${ended.status} after ${seconds.toFixed(1)} s; memory: ${idleMb.toFixed(0)} MB idle, ${quietMb.toFixed(0)} with the others alone, ${mostMb.toFixed(0)} with the import\n     ${JSON.stringify(ended)}`,
  );
  const slower = (of: (window: Window) => number) => median(during.windows.map(of)) - median(found.quiet.map(of));
  const placeMs = slower((window) => window.placeP99Ms);
  const readMs = slower((window) => window.readP99Ms);
  const most = (what: string, bar: string, [figure, unit, limit]: [number, string, number]) =>
    note({ bar, what, figure, unit, mustBe: `<= ${limit}`, reached: figure <= limit });
  most("growth of memory while a large file is imported", "P5", [mostMb - quietMb, "MB", mostGrowthMb]);
  note({ bar: "P5i", what: "over its idle memory", figure: mostMb - idleMb, unit: "MB", mustBe: "", reached: true });
  most("its event loop's delay: p99", "P5d", [delayMs, "ms", mostDelayMs]);
  most("how much later orders are answered: p99", "P5w", [placeMs, "ms", mostSlowerMs]);
  most("how much later one order is read: p99", "P5r", [readMs, "ms", mostSlowerMs]);
}
