import { Agent, get } from "node:http";
import { type Bench, median } from "./bars.ts";
import { type Server, startServer } from "./start-server.ts";

const warmUps = 20; // Statements are planned anew five times, and connections are opened.
const asked = 300;
const lateness = 1_000;
const statuses = ["paid", "shipped", "delivered"] as const;

/** What is measured beside the bars: other ways through the same orders. */
const others: Readonly<Record<string, string>> = {
  "no filter": "",
  "two statuses": "status=paid,shipped",
  "a word that every order has": "q=example",
  "a word that none has": "q=zebra",
  "by amount": "currency=USD&sort=amount",
  "one address": "email=nobody@example.com",
};

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** One request after the other, as a person pages: how long it takes, and what comes. */
async function read(server: Server, query: string): Promise<{ ms: number; nextCursor: string | null }> {
  const began = performance.now();
  const headers = { authorization: `Bearer ${server.apiKey}` };
  const text = await new Promise<string>((resolve, reject) => {
    const request = get({ agent, port: server.port, path: `/api/v2/orders?${query}`, headers }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      answer.on("end", () => (answer.statusCode === 200 ? resolve(body) : reject(new Error(body))));
    });
    request.on("error", reject);
  });
  const ms = performance.now() - began;
  return { ms, nextCursor: (JSON.parse(text) as { next_cursor: string | null }).next_cursor };
}

function p95(times: readonly number[]): number {
  const sorted = [...times].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length * 0.95)] ?? 0;
}

async function timesOf(server: Server, query: string): Promise<number[]> {
  for (let turn = 0; turn < warmUps; turn += 1) await read(server, query);
  const times: number[] = [];
  for (let turn = 0; turn < asked; turn += 1) times.push((await read(server, query)).ms);
  return times;
}

async function latePage(server: Server, query: string): Promise<string> {
  let page = query;
  for (let turn = 1; turn < lateness; turn += 1) {
    const { nextCursor } = await read(server, page);
    if (nextCursor === null) throw new Error(`There are ${turn} pages only.`);
    page = `${query}&cursor=${nextCursor}`;
  }
  return page;
}

/** P7: a page of 20 orders by status where there are millions, and the thousandth page against the first. */
export async function measureLists(bench: Bench, side: { dataDir: string; databaseUrl: string }): Promise<void> {
  const { note, orders, rounds } = bench;
  const server = await startServer({ ...side, jobs: "elsewhere" });
  try {
    const slowest: number[] = [];
    for (const status of statuses) {
      const times = await timesOf(server, `status=${status}`);
      console.log(`     ${status}: median ${median(times).toFixed(2)} ms, p95 ${p95(times).toFixed(2)} ms`);
      slowest.push(p95(times));
    }
    for (const [what, query] of Object.entries(others)) {
      const times = await timesOf(server, query);
      console.log(`     ${what}: median ${median(times).toFixed(2)} ms, p95 ${p95(times).toFixed(2)} ms`);
    }
    const first = "status=paid";
    const late = await latePage(server, first);
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const early = median(await timesOf(server, first));
      ratios.push(median(await timesOf(server, late)) / early);
    }
    const p7 = Math.max(...slowest);
    const page = `list page of 20 by status with ${orders} orders there: p95`;
    note({ bar: "P7", what: page, figure: p7, unit: "ms", mustBe: "<= 10", reached: p7 <= 10 });
    const ratio = median(ratios);
    const depth = "page 1,000 of it, against page 1";
    note({ bar: "P7/1", what: depth, figure: ratio, unit: "x", mustBe: "<= 1.2", reached: ratio <= 1.2 });
  } finally {
    await server.stop();
    agent.destroy();
  }
}
