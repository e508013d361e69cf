import { type Bench, median } from "./bars.ts";
import { dropJobs } from "./count-rows.ts";
import { httpRequest, loadHttp } from "./load-http.ts";
import { measureBaseline } from "./measure-baseline.ts";
import { type Server, startServer } from "./start-server.ts";

const ordersOfBatch = 1_000;
const requestsAtOnce = 3;
const connectionsOfBaseline = 16;
const leastFactor = 12;
const serialDigits = 9;

/** An order of a batch; its reference and its payment's are filled in anew for each request. */
function draftOf(index: number, serial: string): object {
  return {
    external_reference: `shop-${serial}-${index}`,
    customer_email: `customer-${index}@example.co.jp`,
    customer_name: "田中太郎",
    currency: "JPY",
    ordered_at: "2025-11-23T09:00:00Z",
    items: [
      { sku: "NPC-14", product_name: "ノートPC", quantity: 2, unit_price: 89_800 },
      { sku: "MOUSE-1", product_name: "マウス", quantity: 1, unit_price: 11_000 },
    ],
    payment_reference: `pay-${serial}-${index}`,
    paid_at: "2025-11-23T09:30:00Z",
  };
}

/** Answers requests of which each has other references: the digits are overwritten in place, since text costs more. */
function batchRequests(server: Server, series: number): () => Buffer {
  const placeholder = "#".repeat(serialDigits);
  const body = JSON.stringify(Array.from({ length: ordersOfBatch }, (_, index) => draftOf(index, placeholder)));
  const headers = { authorization: `Bearer ${server.apiKey}` };
  const pattern = httpRequest("POST", "/api/v2/orders/batch?payment=recorded", headers, body);
  const places: number[] = [];
  for (let at = pattern.indexOf(placeholder); at >= 0; at = pattern.indexOf(placeholder, at + 1)) places.push(at);
  let sent = 0;
  return () => {
    const request = Buffer.from(pattern);
    sent += 1;
    const serial = `${series}${sent.toString().padStart(serialDigits - 1, "0")}`;
    for (const at of places) request.write(serial, at, "latin1");
    return request;
  };
}

/** P3: R and batches of a thousand orders that were paid elsewhere, in turn. */
export async function measureBatch(bench: Bench): Promise<void> {
  const { url, dataDir, seconds, rounds, note } = bench;
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "elsewhere" });
  const turns: { r: number; batch: number }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const r = await measureBaseline(url, seconds, connectionsOfBaseline);
    const { perSecond, p99Ms } = await loadHttp({
      port: server.port,
      request: batchRequests(server, round),
      connections: requestsAtOnce,
      seconds,
      mustContain: `"placed":${ordersOfBatch}`,
    });
    const batch = perSecond * ordersOfBatch;
    turns.push({ r, batch });
    await dropJobs(url);
    console.log(
      `     round ${round}: R ${r.toFixed(0)}/s, P3 ${batch.toFixed(0)}/s (p99 of a request ${p99Ms.toFixed(0)} ms), P3/R ${(batch / r).toFixed(1)}`,
    );
  }
  await server.stop();
  const figure = median(turns.map(({ batch }) => batch));
  const factor = median(turns.map(({ r, batch }) => batch / r));
  note({ bar: "P3", what: "batches of 1,000, recorded", figure, unit: "orders/s", mustBe: "", reached: true });
  const reached = factor >= leastFactor;
  note({ bar: "P3/R", what: "", figure: factor, unit: "x", mustBe: `>= ${leastFactor}`, reached });
}
