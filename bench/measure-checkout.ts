import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./bars.ts";
import { type Caller, type Heard, openCaller } from "./open-caller.ts";
import { drained } from "./place-load.ts";
import { type Server, startServer } from "./start-server.ts";

/** What the quickest peer does on two cores, whole guest checkouts a second: Vendure 3.7.3 with 16 clients (2026-11). */
const bestPeerPerSecond = 8.4;
const mustBeTimes = 25;
const clients = [16, 64] as const;
const warmUpMs = 1000;
const pollMs = 5;

const billing = {
  name: "Hanako Tanaka",
  email: "hanako@example.co.jp",
  address: { line1: "1-1-1 Marunouchi", city: "Chiyoda-ku", postal_code: "100-0005", country: "JP" },
};

interface ShownOrder {
  readonly id: string;
  readonly status: string;
  readonly payment: { readonly session_id: string } | null;
}

function good(heard: Heard, what: string): Heard {
  if (heard.status >= 300) throw new Error(`${what} was answered ${heard.status}: ${JSON.stringify(heard.body())}`);
  return heard;
}

/** Puts two products on sale, as the back office does. */
async function stock({ port, apiKey }: Server): Promise<string[]> {
  const send = async (method: string, path: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { id: string };
  };
  const tax = { name: "JP reduced", percentage: 8, country: "JP", inclusive: true, valid_from: "2020-01-01T00:00:00Z" };
  await send("POST", "/api/v2/tax-rates", tax);
  const prices: string[] = [];
  for (const key of ["sencha", "teapot"]) {
    await send("POST", "/api/v2/products", { key, sku: key.toUpperCase(), tax_code: "goods", shippable: true });
    const words = { name: key, checkout_description: "A bench product", description: "", statement_descriptor: "" };
    await send("PUT", `/api/v2/products/${key}/translations/en`, words);
    const { id } = await send("POST", `/api/v2/products/${key}/prices`, { unit_amount: 1296, currency: "JPY" });
    prices.push(id);
  }
  return prices;
}

/** One guest: two lines, checkout with billing, the sandbox's page, and back to an order that is paid. */
async function buy(caller: Caller, prices: readonly string[]): Promise<void> {
  let cart = { cart_id: "", total_amount: 0 };
  for (const price_id of prices)
    cart = good(await caller.call("POST", "/api/store/cart/lines", { price_id, quantity: 1 }), "A line").body();
  const { cart_id, total_amount } = cart;
  const placed = good(await caller.call("POST", "/api/store/checkout", { cart_id, total_amount, billing }), "Checkout");
  const order = placed.body<ShownOrder>();
  const page = `/api/v1/payments/sessions/${order.payment?.session_id}`;
  good(await caller.call("POST", page, { action: "pay" }), "The payment");
  for (;;) {
    const back = good(await caller.call("POST", `/api/store/orders/${order.id}/return`), "The return");
    if (back.body<ShownOrder>().status === "paid") return;
    await sleep(pollMs);
  }
}

interface Rate {
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** So many guests at once, one after the other on each connection, each without a cookie at first. */
async function shop(
  server: Server,
  prices: readonly string[],
  load: { clients: number; seconds: number },
): Promise<Rate> {
  const countFrom = performance.now() + warmUpMs;
  const until = countFrom + load.seconds * 1000;
  const times: number[] = [];
  const oneAfterAnother = async () => {
    while (performance.now() < until) {
      const since = performance.now();
      const caller = await openCaller(server.port);
      await buy(caller, prices);
      caller.close();
      const now = performance.now();
      if (now >= countFrom && now < until) times.push(now - since);
    }
  };
  await Promise.all(Array.from({ length: load.clients }, oneAfterAnother));
  times.sort((one, other) => one - other);
  return { perSecond: times.length / load.seconds, p99Ms: times[Math.floor(times.length * 0.99)] ?? 0 };
}

/** P9: whole guest checkouts, against the quickest peer measured on a machine of the same size. */
export async function measureCheckout(bench: Bench): Promise<void> {
  const { url, dataDir, seconds, note } = bench;
  const server = await startServer({ dataDir, databaseUrl: url });
  const prices = await stock(server);
  let best: Rate = { perSecond: 0, p99Ms: 0 };
  for (const atOnce of clients) {
    const rate = await shop(server, prices, { clients: atOnce, seconds });
    console.log(
      `     ${atOnce} guests at once: ${rate.perSecond.toFixed(0)} checkouts/s, p99 ${rate.p99Ms.toFixed(0)} ms`,
    );
    if (rate.perSecond > best.perSecond) best = rate;
  }
  await drained(url);
  await server.stop();
  const ratio = best.perSecond / bestPeerPerSecond;
  const what = "whole guest checkout, against the best peer's 8.4 a second";
  note({ bar: "P9", what, figure: ratio, unit: "x", mustBe: `>= ${mustBeTimes}`, reached: ratio >= mustBeTimes });
}
