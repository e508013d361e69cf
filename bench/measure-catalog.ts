import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Bench, median } from "./bars.ts";
import { httpRequest, loadHttp } from "./load-http.ts";
import { type Server, startServer } from "./start-server.ts";

const words: Readonly<Record<string, object>> = {
  en: {
    name: "Sencha, 100 g",
    checkout_description: "First flush from Uji",
    description:
      "Picked in spring, steamed and dried the same day. Keeps its green for half a year in a closed tin. ".repeat(5),
  },
  ja: {
    name: "煎茶 100g",
    checkout_description: "宇治の一番茶",
    description: "宇治の茶園で春に摘み、その日のうちに蒸して乾かした一番茶です。".repeat(5),
  },
};

/** Writes what one page shows: a product with words in two languages, three prices, and a tax on them. */
async function fillCatalog(server: Server): Promise<void> {
  const send = async (method: string, path: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${server.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    // Whoever measures twice on one database finds it there.
    if (!answer.ok && answer.status !== 409) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.status;
  };
  const added = await send("POST", "/api/v2/products", { key: "sencha", tax_code: "food", shippable: true });
  if (added !== 201) return;
  for (const [language, said] of Object.entries(words))
    await send("PUT", `/api/v2/products/sencha/translations/${language}`, said);
  for (const [currency, unit_amount] of [
    ["JPY", 1200],
    ["USD", 950],
    ["EUR", 890],
  ])
    await send("POST", "/api/v2/products/sencha/prices", { currency, unit_amount });
  const rate = { name: "消費税 8%", percentage: 8, country: "JP", tax_code: "food", inclusive: true };
  await send("POST", "/api/v2/tax-rates", rate);
}

/** P12: a product's page as a shopper's browser asks for it, against a Fastify route that answers nothing. */
export async function measureCatalog(bench: Bench): Promise<void> {
  const { url, dataDir, connections, note } = bench;
  const seconds = bench.seconds / 2;
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "elsewhere" });
  await fillCatalog(server);
  const empty = spawn(process.execPath, [new URL("./empty-server.ts", import.meta.url).pathname], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(empty.stdout, "data")) as [Buffer];
  const port = Number(line.toString());
  const nothing = httpRequest("GET", "/empty", {});
  const headers = { "accept-language": "ja,en-US;q=0.9,en;q=0.8", "accept-encoding": "gzip, br" };
  const page = httpRequest("GET", "/api/store/products/sencha?currency=JPY", headers);
  const ratios: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const bare = await loadHttp({ port, request: nothing, connections, seconds, mustContain: "true" });
    const read = await loadHttp({
      port: server.port,
      request: page,
      connections,
      seconds,
      mustContain: '"key":"sencha"',
    });
    console.log(`     empty route ${bare.perSecond.toFixed(0)}/s, one product page ${read.perSecond.toFixed(0)}/s`);
    ratios.push(read.perSecond / bare.perSecond);
  }
  empty.kill();
  await server.stop();
  const ratio = median(ratios);
  const what = "product page, against an empty Fastify route";
  note({ bar: "P12", what, figure: ratio, unit: "x", mustBe: ">= 0.3", reached: ratio >= 0.3 });
}
