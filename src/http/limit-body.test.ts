import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { eventually } from "../../test/support/eventually.ts";
import { bodyOf, exchange, testServer } from "../../test/support/http-server.ts";

const pace = { leastBytes: 40, withinMs: 1_000 };
const patientMs = 2_500; // Beyond what the pace allows between bytes.
let taken: FastifyRequest | undefined;

function arrivedOf(request: FastifyRequest | undefined): number {
  return Number(request?.headers["x-arrived"]);
}

function paced(app: FastifyInstance, _options: object, done: () => void): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("text/plain", async (request: FastifyRequest) => {
    taken = request;
    let arrived = 0;
    if (request.headers["x-take"] === "later") await sleep(patientMs);
    for await (const piece of request.raw) {
      arrived += (piece as Buffer).length;
      request.headers["x-arrived"] = String(arrived);
    }
    return "whole";
  });
  app.post("/files", { config: { scope: "orders:write", bodyPace: pace } }, async ({ body }) => body);
  done();
}

const server = await testServer(
  (app) => {
    app.register(paced);
    app.post("/bodies", { config: { open: true } }, async ({ body }) => body);
    app.post("/slow", { config: { open: true } }, async () => {
      await sleep(patientMs);
      return "slow";
    });
  },
  { limits: { requestTimeoutMs: 500, headersTimeoutMs: 400 } },
);

function head(length: number, more = ""): string {
  const lines = ["POST /files HTTP/1.1", "Host: x", "Content-Type: text/plain", `Content-Length: ${length}`, more];
  return `${lines.filter(Boolean).join("\r\n")}\r\n\r\n`;
}
const may = "Authorization: Bearer writer";

/** Sends drops until the connection ends, or so many were sent; answers what was heard. */
async function drip(begin: string, drop: string, { everyMs, most }: { everyMs: number; most: number }) {
  const { port } = await server.listen();
  const socket: Socket = connect(port, "127.0.0.1").on("error", () => {});
  let heard = "";
  socket.on("data", (bytes) => {
    heard += bytes;
  });
  const closed = once(socket, "close");
  socket.write(begin);
  let sent = 0;
  for (; sent < most && socket.writable && heard === ""; sent += 1) {
    socket.write(drop);
    await sleep(everyMs);
  }
  await eventually("an answer is there", () => heard !== "" || socket.destroyed);
  socket.end();
  await closed;
  return { heard, sent };
}

describe("a body with a pace", () => {
  test("takes as long as it takes while bytes keep coming, beyond the time of other bodies", async () => {
    const drops = 30;
    const began = performance.now();
    const drop = "x".repeat(40);
    const { heard } = await drip(head(drops * drop.length, may), drop, { everyMs: 50, most: drops });
    assert.match(heard, /^HTTP\/1\.1 200 /);
    assert.ok(performance.now() - began > 500, "it took longer than a body without a pace may");
  });

  test("is given up when it only drips", async () => {
    const { heard } = await drip(head(100_000, may), "x", { everyMs: 80, most: 100 });
    assert.equal(bodyOf(heard).code, "http.request_timeout");
  });

  test("is given up when it stops, and its reader hears of it", async () => {
    const { port } = await server.listen();
    const answer = await exchange(port, `${head(100_000, may)}${"x".repeat(5_000)}`);
    assert.equal(bodyOf(answer).code, "http.request_timeout");
    assert.equal(arrivedOf(taken), 5_000);
    await eventually("the request has ended", () => taken?.raw.destroyed === true);
  });

  test("is not taken for late while nobody here reads it", async () => {
    const { port } = await server.listen();
    const whole = `${head(5_000, `${may}\r\nX-Take: later\r\nConnection: close`)}${"x".repeat(4_000)}`;
    const socket = connect(port, "127.0.0.1");
    socket.write(whole);
    await eventually("what was sent is read", () => arrivedOf(taken) === 4_000);
    socket.write("x".repeat(1_000));
    assert.match(await text(socket), /^HTTP\/1\.1 200 /);
  });

  test("is given no time when its sender may not send it", async () => {
    const { port } = await server.listen();
    const answer = await exchange(port, `${head(100_000)}x`);
    assert.match(answer, /^HTTP\/1\.1 401 /);
  });
});

describe("a body without a pace", () => {
  const begin = "POST /bodies HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n[";

  test("is given up after its time, however fast it comes", async () => {
    const { heard } = await drip(begin, "1,".repeat(20), { everyMs: 20, most: 1000 });
    assert.equal(bodyOf(heard).code, "http.request_timeout");
  });

  test("that has come whole is not late, however long its answer takes", async () => {
    const { port } = await server.listen();
    const sent = `POST /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n`;
    assert.match(await exchange(port, `${sent}Content-Length: 2\r\n\r\n[]`), /^HTTP\/1\.1 200 /);
  });
});
