import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Bench, median } from "./bars.ts";
import { httpRequest, loadHttp } from "./load-http.ts";
import { type Server, startServer } from "./start-server.ts";

const shoppers = 64;
const linesPath = "/api/store/cart/lines";

/** Puts products on sale, as the back office does, and answers their prices. */
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
  const prices: string[] = [];
  for (const name of ["cup", "mug", "pot"]) {
    // Another key each time: whoever measures twice on one database finds the first one there.
    const key = `${name}-${performance.timeOrigin.toFixed(0)}`;
    await send("POST", "/api/v2/products", { key, sku: key.toUpperCase(), tax_code: "goods", shippable: true });
    await send("PUT", `/api/v2/products/${key}/translations/en`, { name, checkout_description: "A bench product" });
    const { id } = await send("POST", `/api/v2/products/${key}/prices`, { unit_amount: 1100, currency: "JPY" });
    prices.push(id);
  }
  return prices;
}

/** One more piece for a shopper; without a cookie, for one who comes for the first time. */
function adding(price_id: string, cookie = ""): Buffer {
  const headers: Record<string, string> = cookie === "" ? {} : { cookie };
  return httpRequest("POST", linesPath, headers, JSON.stringify({ price_id, quantity: 1 }));
}

/** A shopper with a line for each price. */
async function givenShopper({ port }: Server, prices: readonly string[]): Promise<string> {
  let cookie = "";
  for (const price_id of prices) {
    const answer = await fetch(`http://127.0.0.1:${port}${linesPath}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(cookie === "" ? {} : { cookie }) },
      body: JSON.stringify({ price_id, quantity: 1 }),
    });
    if (!answer.ok) throw new Error(`A line was answered ${answer.status}: ${await answer.text()}`);
    cookie ||= answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  }
  return cookie;
}

/** C1: one more piece in carts of three lines, against a Fastify route that answers nothing. Information, no bar. */
export async function measureCarts(bench: Bench): Promise<void> {
  const { url, dataDir, note } = bench;
  const seconds = bench.seconds / 2;
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "elsewhere" });
  const prices = await stock(server);
  const [price = ""] = prices;
  const cookies = await Promise.all(Array.from({ length: shoppers }, () => givenShopper(server, prices)));
  const empty = spawn(process.execPath, [new URL("./empty-server.ts", import.meta.url).pathname], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(empty.stdout, "data")) as [Buffer];
  const nothing = httpRequest("GET", "/empty", {});
  let turn = 0;
  const everybody = () => {
    turn += 1;
    return adding(price, cookies[turn % shoppers]);
  };
  const load = { connections: shoppers, seconds };
  const carts = { ...load, port: server.port, mustContain: '"cart_id":"' };
  const ratios: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const bare = await loadHttp({ ...load, port: Number(line.toString()), request: nothing, mustContain: "true" });
    const own = await loadHttp({ ...carts, request: everybody });
    const one = await loadHttp({ ...carts, request: adding(price, cookies[0]) });
    const first = await loadHttp({ ...carts, request: adding(price) });
    console.log(
      `     empty route ${bare.perSecond.toFixed(0)}/s, a line in 64 carts ${own.perSecond.toFixed(0)}/s (p99 ${own.p99Ms.toFixed(0)} ms), all in one cart ${one.perSecond.toFixed(0)}/s (p99 ${one.p99Ms.toFixed(0)} ms), in new carts ${first.perSecond.toFixed(0)}/s`,
    );
    ratios.push(own.perSecond / bare.perSecond);
  }
  empty.kill();
  await server.stop();
  const what = "a line in the cart, 64 connections, against an empty Fastify route";
  note({ bar: "C1", what, figure: median(ratios), unit: "x", mustBe: "", reached: true });
}
