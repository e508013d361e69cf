import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { after, before, describe, test } from "node:test";
import { bodyOf, exchange } from "../support/http-server.ts";
import { givenSite, type ServingProcess, startServing } from "../support/serve.ts";
import { signedHeaders } from "../support/signed-webhook.ts";

const atOnce = 64;
const burst = 500;
const megabyte = 1_048_576;
const mostGrowth = 120 * megabyte; // A garbage collector lets some lie; what grows with the flood would be far more.
const path = "/api/v1/orders/7/webhook";

let server: ServingProcess;
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

/** Sends one webhook over a connection that is kept, and answers its status. */
function send(body: string, headers: Record<string, string>): Promise<number> {
  const sent = { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers };
  return new Promise((resolve, reject) => {
    const asked = request(`${server.address}${path}`, { method: "POST", agent, headers: sent }, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
    });
    asked.once("error", reject).end(body);
  });
}

/** Sends many webhooks, so many at once; counts the statuses. */
async function flood(makeHeaders: (body: string) => Record<string, string>): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let left = burst;
  async function sendOn(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const body = `{"payment_id":"pay_flood_${left}","status":"failed","amount":1,"currency":"JPY"}`;
      const status = await send(body, makeHeaders(body));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sendOn));
  return statuses;
}

async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** Asks for something else all the while, until what is under way ends; answers the statuses. */
async function askMeanwhile<Result>(underWay: Promise<Result>): Promise<{ result: Result; statuses: number[] }> {
  const statuses: number[] = [];
  const ending = new AbortController();
  const asking = (async () => {
    do statuses.push((await server.send("GET", "/api/v1/orders/")).status);
    while (!ending.signal.aborted);
  })();
  const result = await underWay.finally(() => ending.abort());
  await asking;
  return { result, statuses };
}

describe("a flood of webhooks", () => {
  before(async () => {
    server = await startServing(await givenSite());
  });
  after(async () => {
    agent.destroy();
    assert.equal(await server.stop(), 0);
  });

  test("with good signatures is stored or put off; others are served, and memory stays", async () => {
    await flood(signedHeaders);
    const before = await residentBytes();
    const { result, statuses } = await askMeanwhile(flood(signedHeaders));
    for (const status of result.keys()) assert.ok([200, 429, 503].includes(status), `${status}`);
    assert.ok((result.get(200) ?? 0) > 0);
    assert.ok(
      statuses.every((status) => status === 200),
      `${statuses}`,
    );
    assert.ok((await residentBytes()) - before < mostGrowth);
  });

  test("of fifty megabytes is not read", async () => {
    const { port } = new URL(server.address);
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${50 * megabyte}\r\n\r\n`;
    const before = await residentBytes();
    const sending = () => exchange(Number(port), `${head}${" ".repeat(megabyte / 2)}`).catch(() => "");
    const heard = await Promise.all(Array.from({ length: 10 }, sending));
    // Who sends on after the answer may lose it with the connection.
    for (const answer of heard.filter((text) => text !== "")) assert.equal(bodyOf(answer).status, 413);
    assert.ok((await residentBytes()) - before < mostGrowth);
  });

  test("without signatures is turned away before it is read, and the same address is served elsewhere", async () => {
    const { result, statuses } = await askMeanwhile(flood(() => ({})));
    assert.deepEqual([...result.keys()].sort(), [400, 429]);
    assert.ok((result.get(429) ?? 0) > burst / 2);
    assert.ok(
      statuses.every((status) => status === 200),
      `${statuses}`,
    );
  });
});
