import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { type TestServer, testServer } from "../../test/support/http-server.ts";
import { refusal } from "../platform/errors.ts";
import type { ServerOptions } from "./build-server.ts";
import { unlimited } from "./limit-requests.ts";

// Time stands still: what is allowed comes back on no machine, however slow.
mock.method(performance, "now", () => 1_000_000);

const forged = refusal<Record<string, never>>("payment.webhook_signature", "unreadable", () => "Not signed.");

function routes(app: FastifyInstance): void {
  app.get("/orders", { config: { scope: "orders:read" } }, async () => "orders");
  app.post("/orders", { config: { scope: "orders:write" } }, async () => "written");
  app.post("/news", { config: { open: true, signed: true } }, async ({ headers }) => {
    if (headers.signature !== "good") throw forged({});
    return "heard";
  });
}

const given = (options: Partial<ServerOptions>) => testServer(routes, options);
const most = (limits: object) => ({ rateLimits: { ...unlimited, ...limits } });

interface Asked {
  key?: string;
  from?: string;
  url?: string;
  forwarded?: string;
  signature?: string;
}

async function ask(
  { app }: TestServer,
  { key, from = "192.0.2.1", url = "/orders", forwarded, signature }: Asked = {},
) {
  return app.inject({
    method: url === "/news" ? "POST" : "GET",
    url,
    remoteAddress: from,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(forwarded === undefined ? {} : { "x-forwarded-for": forwarded }),
      ...(signature === undefined ? {} : { signature }),
    },
  });
}

async function times(count: number, ask: () => Promise<{ statusCode: number }>): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) statuses.push((await ask()).statusCode);
  return statuses;
}

const ten = most({ principalPerSecond: 1 });

describe("a principal that asks too often", () => {
  test("is told so in advance, then refused with when to come back, and nobody else is", async () => {
    const server = await given(ten);
    const answers = [];
    for (let index = 0; index < 14; index += 1) answers.push(await ask(server, { key: "reader" }));
    const [first] = answers;
    assert.equal(first?.statusCode, 200);
    assert.equal(first?.headers.ratelimit, undefined);
    const warned = answers[7];
    assert.equal(warned?.statusCode, 200);
    assert.equal(warned?.headers["ratelimit-policy"], '"principal";q=10;w=10');
    assert.match(String(warned?.headers.ratelimit), /^"principal";r=2;t=8$/);
    const refused = answers.find(({ statusCode }) => statusCode === 429);
    assert.equal(refused?.json().code, "http.too_many_requests");
    assert.equal(refused?.headers["content-type"], "application/problem+json; charset=utf-8");
    assert.equal(refused?.headers["cache-control"], "private, no-store");
    assert.match(String(refused?.headers.ratelimit), /^"principal";r=0;t=1$/);
    assert.equal(refused?.headers["retry-after"], "1");
    assert.equal((await ask(server, { key: "writer" })).statusCode, 200);
  });

  test("is counted where its scope does not suffice, too", async () => {
    const server = await given(ten);
    const write = () =>
      server.app.inject({ method: "POST", url: "/orders", headers: { authorization: "Bearer reader" } });
    const statuses = await times(14, write);
    assert.equal(statuses[0], 403);
    assert.ok(statuses.includes(429));
  });
});

describe("an address that asks too often", () => {
  const slow = most({ addressPerSecond: 1 });

  test("is refused whatever it asks for, others are not, and who watches the program is answered", async () => {
    const server = await given(slow);
    const statuses = await times(14, () => ask(server, { url: "/nowhere" }));
    assert.equal(statuses[0], 404);
    assert.ok(statuses.includes(429));
    assert.equal((await ask(server, { key: "reader" })).statusCode, 429);
    assert.equal((await ask(server, { key: "reader", from: "192.0.2.2" })).statusCode, 200);
    assert.ok((await times(14, () => ask(server, { url: "/health/live" }))).every((status) => status === 200));
    assert.ok((await times(14, () => ask(server, { url: "/health/ready" }))).every((status) => status === 200));
  });

  test("has a whole network of IPv6", async () => {
    const server = await given(slow);
    let host = 0;
    const statuses = await times(14, () => {
      host += 1;
      return ask(server, { key: "reader", from: `2001:db8::${host}` });
    });
    assert.ok(statuses.includes(429));
    assert.equal((await ask(server, { key: "reader", from: "2001:db8:0:1::1" })).statusCode, 200);
  });

  test("is that of the connection, whatever it says of itself", async () => {
    const server = await given(slow);
    let host = 0;
    const statuses = await times(14, () => {
      host += 1;
      return ask(server, { key: "reader", forwarded: `198.51.100.${host}` });
    });
    assert.ok(statuses.includes(429));
  });

  test("is what a trusted proxy says, and only what that proxy saw itself", async () => {
    const server = await given({ ...slow, trustedProxies: "192.0.2.0/24" });
    const statuses = await times(14, () => ask(server, { key: "reader", forwarded: "203.0.113.9, 198.51.100.1" }));
    assert.ok(statuses.includes(429));
    assert.equal((await ask(server, { key: "reader", forwarded: "203.0.113.8, 198.51.100.1" })).statusCode, 429);
    assert.equal((await ask(server, { key: "reader", forwarded: "198.51.100.2" })).statusCode, 200);
  });
});

describe("an address that guesses", () => {
  test("has its guesses refused, while keys that are known there open", async () => {
    const asked: string[] = [];
    const server = await given({
      ...most({ guessesPerMinute: 3 }),
      async authenticate({ authorization }, strangers) {
        asked.push(strangers);
        if (authorization === "Bearer known") return { id: "known", name: "Known", scopes: ["full"] };
        return undefined;
      },
    });
    assert.deepEqual(await times(5, () => ask(server, { key: "guess" })), [401, 401, 401, 429, 429]);
    assert.deepEqual(asked, ["looked-up", "looked-up", "looked-up", "turned-away", "turned-away"]);
    const refused = await ask(server, { key: "guess" });
    assert.equal(refused.json().code, "http.too_many_guesses");
    assert.equal(refused.headers["ratelimit-policy"], '"guesses";q=3;w=60');
    assert.ok(Number(refused.headers["retry-after"]) <= 20);
    assert.equal((await ask(server, { key: "known" })).statusCode, 200);
    assert.equal((await ask(server, { key: "guess", from: "192.0.2.2" })).statusCode, 401);
  });

  test("is not one that forgot its key", async () => {
    const server = await given(most({ guessesPerMinute: 3 }));
    assert.deepEqual(await times(5, () => ask(server)), [401, 401, 401, 401, 401]);
  });

  test("signatures is refused before anything is read", async () => {
    const server = await given(most({ guessesPerMinute: 3 }));
    assert.equal((await ask(server, { url: "/news", signature: "good" })).statusCode, 200);
    assert.deepEqual(await times(4, () => ask(server, { url: "/news" })), [400, 400, 400, 429]);
    assert.equal((await ask(server, { url: "/news", signature: "good" })).json().code, "http.too_many_guesses");
    assert.equal((await ask(server, { url: "/news", signature: "good", from: "192.0.2.2" })).statusCode, 200);
  });
});
