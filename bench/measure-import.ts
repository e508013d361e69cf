import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, median } from "./bars.ts";
import { copyTwins, leftByImport, leftByOrders, makeTwins, type Range, type Taken, takeRows } from "./copy-twins.ts";
import { withClient } from "./count-rows.ts";
import { writeOrderFile } from "./order-file.ts";
import { drained } from "./place-load.ts";
import { type Server, startServer } from "./start-server.ts";
import { uploadFile, waitForImport } from "./upload-file.ts";

const patienceMs = 3_600_000;
const lookEveryMs = 100;
const leastShare = 0.35;
const warmingOrders = 2_000; // The first import of a process loads code, and plans its statements.

type Payment = "recorded" | "none";

interface Turn {
  readonly payment: Payment;
  /** Orders a second: by the import, by COPY of the orders' rows, and by COPY of the import's own rows too. */
  readonly imported: number;
  readonly copied: number;
  readonly copiedWhole: number;
}

/** P4: an import from the first byte of its upload to its last order, and COPY of the rows that it left, in turn. */
export async function measureImport(bench: Bench): Promise<void> {
  const { url, dataDir, rounds } = bench;
  const folder = join(dataDir, "..", "import-bench");
  mkdirSync(folder, { recursive: true });
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "here" });
  const turns: Turn[] = [];
  try {
    await importFile(server, join(folder, "warm.csv"), { orders: warmingOrders, series: "warm", payment: "recorded" });
    await makeTwins(url);
    for (let round = 1; round <= rounds; round += 1) {
      for (const payment of ["recorded", "none"] as const) {
        const turn = await takeTurn(bench, server, { folder, payment, series: `r${round}${payment[0]}` });
        turns.push(turn);
        console.log(`     round ${round}, payment ${payment}: ${describe(turn)}`);
      }
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  noteTurns(bench, turns);
}

function describe({ imported, copied, copiedWhole }: Turn): string {
  const share = (rate: number) => (imported / rate).toFixed(3);
  const side = (rate: number) => `${rate.toFixed(0)}/s (${share(rate)})`;
  return `import ${imported.toFixed(0)}/s, COPY ${side(copied)}, with the import's rows ${side(copiedWhole)}`;
}

async function takeTurn(
  { url, importOrders }: Bench,
  server: Server,
  given: { folder: string; payment: Payment; series: string },
): Promise<Turn> {
  const { folder, payment, series } = given;
  const firstOrderId = (await lastOrderIdOf(url)) + 1n;
  const file = join(folder, `${series}.csv`);
  const { elapsedMs, importUid } = await importFile(server, file, { orders: importOrders, series, payment });
  const range = { firstOrderId, lastOrderId: await lastOrderIdOf(url), importUid };
  await rested(url);
  const orders = await takeRows(url, leftByOrders, { ...range, folder });
  const whole = [...orders, ...(await takeRows(url, leftByImport, { ...range, folder }))];
  assertAllLeft(whole, importOrders, range);
  const perSecond = (ms: number) => (importOrders * 1000) / ms;
  return {
    payment,
    imported: perSecond(elapsedMs),
    copied: perSecond(await quickestCopy(url, orders)),
    copiedWhole: perSecond(await quickestCopy(url, whole)),
  };
}

/** Of two turns, since something of PostgreSQL's own may fall into one. */
async function quickestCopy(url: string, taken: readonly Taken[]): Promise<number> {
  return Math.min(await copyTwins(url, taken), await copyTwins(url, taken));
}

/** Waits until the feed and the search have what was placed: it would take COPY's time. */
async function rested(url: string): Promise<void> {
  await drained(url);
  const until = performance.now() + patienceMs;
  const isBehind = async () =>
    withClient(url, async (client) => {
      const found = await client.query(`
        select coalesce(max(position), 0) > (select position from orders.search_mark) as behind from events.feed`);
      return found.rows[0].behind === true;
    });
  while (await isBehind()) {
    if (performance.now() > until) throw new Error("The search did not hear of what was placed.");
    await sleep(lookEveryMs);
  }
}

async function importFile(server: Server, path: string, given: { orders: number; series: string; payment: Payment }) {
  const { orders, series, payment } = given;
  await writeOrderFile(path, { orders, series });
  const startedAt = performance.now();
  const { id } = await uploadFile(server, path, { source: "bench", payment, auto_start: true });
  const ended = await waitForImport(server, id, patienceMs);
  const elapsedMs = performance.now() - startedAt;
  if (ended.status !== "completed") throw new Error(`The import is ${ended.status}: ${JSON.stringify(ended)}`);
  return { elapsedMs, importUid: id };
}

/** A side that leaves less would be no comparison. */
function assertAllLeft(taken: readonly Taken[], orders: number, { firstOrderId, lastOrderId }: Range): void {
  const rows = new Map(taken.map((one) => [one.table, one.rows]));
  const expected = { "orders.orders": orders, "orders.order_items": 2 * orders, "imports.import_rows": 2 * orders };
  for (const [table, count] of Object.entries(expected)) {
    if (rows.get(table) !== count) {
      throw new Error(`${table} has ${rows.get(table)} rows of ${count}, orders ${firstOrderId} to ${lastOrderId}.`);
    }
  }
  console.log(`     rows: ${taken.map((one) => `${one.table} ${one.rows}`).join(", ")}`);
}

function lastOrderIdOf(url: string): Promise<bigint> {
  return withClient(url, async (client) => {
    const found = await client.query("select coalesce(max(order_id), 0) as last from orders.orders");
    return BigInt(found.rows[0].last);
  });
}

function noteTurns({ note }: Bench, turns: readonly Turn[]): void {
  const of = (payment: Payment) => turns.filter((turn) => turn.payment === payment);
  const rate = (payment: Payment) => median(of(payment).map(({ imported }) => imported));
  const share = (payment: Payment, side: "copied" | "copiedWhole") =>
    median(of(payment).map((turn) => turn.imported / turn[side]));
  const told = { mustBe: "", reached: true };
  note({ bar: "P4", what: "CSV import, recorded", figure: rate("recorded"), unit: "orders/s", ...told });
  const figure = share("recorded", "copied");
  note({
    bar: "P4/C",
    what: "against COPY of the orders' rows",
    figure,
    unit: "x",
    mustBe: `>= ${leastShare}`,
    reached: figure >= leastShare,
  });
  const whole = share("recorded", "copiedWhole");
  note({ bar: "P4/Cw", what: "against COPY of the import's rows too", figure: whole, unit: "x", ...told });
  note({ bar: "P4n", what: "CSV import, payment none", figure: rate("none"), unit: "orders/s", ...told });
  note({ bar: "P4n/C", what: "", figure: share("none", "copied"), unit: "x", ...told });
}
