import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Bench, median } from "./bars.ts";
import { httpRequest, loadHttp } from "./load-http.ts";
import { placeLoad } from "./place-load.ts";
import { startServer } from "./start-server.ts";

/** P6: one order with its items, against a Fastify route that answers nothing. */
export async function measureReading(bench: Bench): Promise<void> {
  const { url, dataDir, connections, note } = bench;
  const seconds = bench.seconds / 2;
  const server = await startServer({ dataDir, databaseUrl: url, jobs: "elsewhere" });
  await placeLoad(server, { connections: 1, seconds: 0 }); // So that there is an order, when nothing was measured before.
  const empty = spawn(process.execPath, [new URL("./empty-server.ts", import.meta.url).pathname], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(empty.stdout, "data")) as [Buffer];
  const port = Number(line.toString());
  const nothing = httpRequest("GET", "/empty", {});
  const order = httpRequest("GET", "/api/v1/orders/1", { authorization: `Bearer ${server.apiKey}` });
  const ratios: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    const bare = await loadHttp({ port, request: nothing, connections, seconds, mustContain: "true" });
    const read = await loadHttp({ port: server.port, request: order, connections, seconds, mustContain: '"id":1,' });
    console.log(`     empty route ${bare.perSecond.toFixed(0)}/s, one order ${read.perSecond.toFixed(0)}/s`);
    ratios.push(read.perSecond / bare.perSecond);
  }
  empty.kill();
  await server.stop();
  const ratio = median(ratios);
  const what = "GET one order, against an empty Fastify route";
  note({ bar: "P6", what, figure: ratio, unit: "x", mustBe: ">= 0.3", reached: ratio >= 0.3 });
}
