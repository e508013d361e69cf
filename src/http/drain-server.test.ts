import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { bodyOf, exchange, testServer } from "../../test/support/http-server.ts";

const longMs = 60_000;

/** A route that answers when the test says so, and a promise for the moment in which somebody asked. */
function slowRoute() {
  let open = () => {};
  let arrived = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const asked = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const routes = (app: FastifyInstance) => {
    app.get("/slow", { config: { open: true } }, async () => {
      arrived();
      await gate;
      return "done";
    });
  };
  return { routes, asked, open: () => open() };
}

/** Waits until the server has taken so many connections. */
async function connections(app: FastifyInstance, wanted: number): Promise<void> {
  for (let looked = 0; looked < 1000; looked += 1) {
    const count = await new Promise((resolve) => app.server.getConnections((_error, found) => resolve(found)));
    if (count === wanted) return;
    await sleep(5);
  }
  assert.fail(`There were never ${wanted} connections.`);
}

describe("drain", () => {
  test("answers what is under way, closes its connection, and takes no new one", async () => {
    const slow = slowRoute();
    const { app, listen } = await testServer(slow.routes);
    const { port } = await listen();
    const answer = exchange(port, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    await slow.asked;
    const drained = app.drain(longMs);
    const refusedSocket = connect(port, "127.0.0.1");
    const [error] = await once(refusedSocket, "error");
    assert.equal(error.code, "ECONNREFUSED");
    slow.open();
    const heard = await answer;
    assert.match(heard, /^HTTP\/1.1 200/);
    assert.match(heard, /connection: close/i);
    assert.match(heard, /done$/);
    await drained;
  });

  test("is not ready from the first moment, and still answers a request that was on its way", async () => {
    const { app, listen } = await testServer(() => {});
    const { port } = await listen();
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /health/ready HTTP/1.1\r\nHost: x\r\n");
    await connections(app, 1);
    const drained = app.drain(longMs);
    socket.write("\r\n");
    const answer = await text(socket);
    assert.match(answer, /^HTTP\/1.1 503/);
    assert.match(answer, /connection: close/i);
    assert.match(String(bodyOf(answer).detail), /draining/);
    await drained;
  });

  test("does not wait for connections that asked nothing, or only half", async () => {
    const { app, listen } = await testServer(() => {});
    const { port } = await listen();
    const silent = exchange(port, "");
    const half = exchange(port, "GET /health/live HTTP/1.1\r\nHost");
    await connections(app, 2);
    await Promise.all([app.drain(longMs), silent, half]);
  });

  test("cuts off what takes longer than it may", async () => {
    const slow = slowRoute();
    const { app, listen } = await testServer(slow.routes);
    const { port } = await listen();
    const answer = exchange(port, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    await slow.asked;
    await Promise.all([app.drain(50), answer.then((heard) => assert.equal(heard, ""))]);
    slow.open();
  });

  test("asked for twice is the same end", async () => {
    const { app } = await testServer(() => {});
    assert.equal(app.drain(longMs), app.drain(longMs));
    await app.drain(longMs);
  });
});

describe("health", () => {
  const states = [
    ["there", async () => ({ ok: true, checks: { database: "there" } }), 200],
    ["away", async () => ({ ok: false, checks: { database: "away" } }), 503],
    ["failing", () => Promise.reject(new Error("no")), 503],
    ["hanging", () => new Promise<never>(() => {}), 503],
  ] as const;
  for (const [name, ready, status] of states) {
    test(`is live, and ready with ${status}, while the database is ${name}`, async () => {
      const { app } = await testServer(() => {}, { ready });
      const answer = await app.inject("/health/ready");
      assert.equal(answer.statusCode, status);
      assert.equal((await app.inject("/health/live")).statusCode, 200);
      if (status === 503) assert.equal(answer.headers["retry-after"], "1");
    });
  }

  test("says why it is not ready", async () => {
    const { app } = await testServer(() => {}, { ready: async () => ({ ok: false, checks: { database: "away" } }) });
    assert.match((await app.inject("/health/ready")).json().detail, /database: away/);
  });

  test("is asked over a socket without a key", async () => {
    const { listen } = await testServer(() => {});
    const { port } = await listen();
    const answer = await exchange(port, "GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert.deepEqual(bodyOf(answer), { status: "ready", checks: { database: "there" } });
  });
});
