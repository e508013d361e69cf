import { type Bench, median } from "./bars.ts";
import { countBacklog, countRows, dropJobs } from "./count-rows.ts";
import { measureBaseline } from "./measure-baseline.ts";
import { measureHandwritten } from "./measure-handwritten.ts";
import { drained, placeLoad } from "./place-load.ts";
import { startServer } from "./start-server.ts";

const warmingSeconds = 5;
const connectionsOfBaseline = 16;

/** R, the handwritten statements and P1 in turn on the same database; the ratios are taken round by round. */
export async function measurePlacing(bench: Bench): Promise<{ r: number; p1: number }> {
  const { url, dataDir, seconds, connections, note } = bench;
  const turns: { r: number; hand: number; p1: number }[] = [];
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "elsewhere" });
  for (let round = 1; round <= bench.rounds; round += 1) {
    const start = await countRows(url);
    const r = await measureBaseline(url, seconds, connectionsOfBaseline);
    const second = await countRows(url);
    const hand = await measureHandwritten(url, seconds, connectionsOfBaseline);
    const third = await countRows(url);
    const p1 = (await placeLoad(server, { connections, seconds })).perSecond;
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

/** P2, on a server that has been running for a moment: what its first seconds cost is P10's matter. */
export async function measureLatency(bench: Bench, p1: number): Promise<void> {
  const { url, dataDir, seconds, connections, note } = bench;
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "elsewhere" });
  await placeLoad(server, { connections, seconds: warmingSeconds, perSecond: p1 / 2 });
  const { p99Ms } = await placeLoad(server, { connections, seconds, perSecond: p1 / 2 });
  await server.stop();
  await dropJobs(url);
  const reached = p99Ms <= 100;
  note({ bar: "P2", what: "P1 at half its rate: p99", figure: p99Ms, unit: "ms", mustBe: "<= 100 (aim 50)", reached });
}

/** P1s: orders over the time until the last job is done and the last event has its place in the feed. */
export async function measureSustained(bench: Bench, r: number): Promise<void> {
  const { url, dataDir, sustain, connections, note } = bench;
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "here" });
  await drained(url);
  const ordersBefore = (await countRows(url)).get("orders.orders") ?? 0;
  const startedAt = performance.now();
  await placeLoad(server, { connections, seconds: sustain });
  const leftBehind = await countBacklog(url);
  await drained(url);
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
