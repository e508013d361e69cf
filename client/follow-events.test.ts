import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import { eventually } from "../test/support/eventually.ts";
import { createOrderwell, type Event } from "./src/index.ts";

type Turn = (response: ServerResponse, server: { lost: number }) => void;

const servers: ReturnType<typeof createServer>[] = [];

after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const begin = (response: ServerResponse) => response.writeHead(200, { "Content-Type": "text/event-stream" });
const told = (position: number) => `event: OrderNoted\nid: ${position}\ndata: {"position":${position}}\n\n`;

/** Begins a stream, says so much of it, and ends it as a server that drains does. */
const says =
  (...texts: string[]): Turn =>
  (response) => {
    begin(response);
    response.end(texts.join(""));
  };

/** Begins a stream, says so much of it, and nothing more; counts when its client leaves. */
const saysAndStays =
  (text: string): Turn =>
  (response, server) => {
    begin(response).write(text);
    response.on("close", () => {
      server.lost += 1;
    });
  };

/** Begins a stream and loses the connection in the middle of it. */
const breaksAfter =
  (text: string): Turn =>
  (response) => {
    begin(response).write(text, () => response.destroy());
  };

const refuses =
  (status: number): Turn =>
  (response) => {
    response
      .writeHead(status, { "Content-Type": "application/problem+json" })
      .end('{"code":"http.told","detail":"No."}');
  };

/** A server that takes its turns, the last for ever, and remembers behind which event it was asked. */
async function scripted(...turns: Turn[]) {
  const heard = { from: [] as (string | undefined)[], keys: new Set<string | undefined>(), lost: 0, url: "" };
  const server = createServer((request: IncomingMessage, response) => {
    heard.from.push(request.headers["last-event-id"] as string | undefined);
    heard.keys.add(request.headers.authorization);
    (turns[Math.min(heard.from.length, turns.length) - 1] as Turn)(response, heard);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  heard.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return heard;
}

const open = (baseUrl: string, timeoutMs = 30_000) =>
  createOrderwell({ baseUrl, apiKey: "key", retries: 0, timeoutMs, longestWaitMs: 20 });

/** The positions of the first events of a stream. */
async function positionsOf(stream: AsyncIterable<Event>, count: number): Promise<number[]> {
  const positions: number[] = [];
  for await (const { position } of stream) {
    positions.push(position);
    if (positions.length === count) break;
  }
  return positions;
}

describe("a stream of events", () => {
  test("goes on behind what was heard when the server ends it", async () => {
    const server = await scripted(says(":\nid: 4\n\n"), says(":\n\n", told(5), told(6)), saysAndStays(told(7)));
    const { stream } = await open(server.url).streamEvents();
    assert.deepEqual(await positionsOf(stream, 3), [5, 6, 7]);
    assert.deepEqual(server.from, [undefined, "4", "6"]);
    assert.deepEqual([...server.keys], ["Bearer key"]);
  });

  test("goes on when the connection breaks in the middle of an event, or is refused for a while", async () => {
    const half = told(2).slice(0, -10);
    const server = await scripted(breaksAfter(told(1) + half), refuses(503), refuses(429), saysAndStays(told(2)));
    const { stream } = await open(server.url).streamEvents({ query: { after: 0 } });
    assert.deepEqual(await positionsOf(stream, 2), [1, 2]);
    assert.deepEqual(server.from, [undefined, "1", "1", "1"]);
  });

  test("of an import goes on when it breaks, and is over with the import", async () => {
    const progress = (type: string, placed: number) => `event: ${type}\ndata: {"orders_placed":${placed}}\n\n`;
    const server = await scripted(breaksAfter(progress("progress", 1)), saysAndStays(progress("end", 2)));
    const path = { id: "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f" };
    const { stream } = await open(server.url).streamImportProgress({ path });
    const placed: number[] = [];
    for await (const { orders_placed } of stream) placed.push(orders_placed);
    assert.deepEqual(placed, [1, 2]);
    await eventually("the connection is left", () => server.lost === 1);
  });

  test("takes a server that says nothing at all for gone", async () => {
    const server = await scripted(saysAndStays(told(1)), saysAndStays(told(2)));
    const { stream } = await open(server.url, 200).streamEvents();
    assert.deepEqual(await positionsOf(stream, 2), [1, 2]);
    assert.deepEqual(server.from, [undefined, "1"]);
  });

  test("leaves the connection when nobody reads on", async () => {
    const server = await scripted(saysAndStays(told(1)));
    const { stream } = await open(server.url).streamEvents();
    assert.deepEqual(await positionsOf(stream, 1), [1]);
    await eventually("the connection is closed", () => server.lost === 1);
  });

  test("throws what is refused, at once and later", async () => {
    const stranger = await scripted(refuses(401));
    await assert.rejects(open(stranger.url).streamEvents(), { status: 401, code: "http.told" });
    const revoked = await scripted(says(told(1)), refuses(401));
    const { stream } = await open(revoked.url).streamEvents();
    await assert.rejects(positionsOf(stream, 2), { status: 401 });
  });

  test("ends quietly when its signal says so", async () => {
    const server = await scripted(saysAndStays(told(1)));
    const giveUp = new AbortController();
    const { stream } = await open(server.url).streamEvents({ signal: giveUp.signal });
    const heard: number[] = [];
    for await (const { position } of stream) {
      heard.push(position);
      giveUp.abort();
    }
    assert.deepEqual(heard, [1]);
  });
});
