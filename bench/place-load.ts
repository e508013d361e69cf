import { setTimeout as sleep } from "node:timers/promises";
import { countBacklog } from "./count-rows.ts";
import { httpRequest, type LoadResult, loadHttp } from "./load-http.ts";
import type { Server } from "./start-server.ts";

const drainPatienceMs = 300_000;

const orderBody = JSON.stringify({
  customer_email: "tanaka@example.co.jp",
  customer_name: "田中太郎",
  items: [
    { product_name: "ノートPC", quantity: 2, unit_price: 89800.0 },
    { product_name: "マウス", quantity: 1, unit_price: 11000.0 },
  ],
  currency: "JPY",
});

/** The load of P1: the same order again and again, each answered as paid. */
export function placeLoad(
  server: Server,
  load: { connections: number; seconds: number; perSecond?: number },
): Promise<LoadResult> {
  const request = httpRequest("POST", "/api/v1/orders/", { authorization: `Bearer ${server.apiKey}` }, orderBody);
  return loadHttp({ port: server.port, request, mustContain: '"status":"paid"', ...load });
}

/** Waits until no job is left and every event has its place in the feed. */
export async function drained(url: string): Promise<void> {
  const until = performance.now() + drainPatienceMs;
  while ((await countBacklog(url)) > 0) {
    if (performance.now() > until) throw new Error("The jobs were not done in time.");
    await sleep(20);
  }
}
