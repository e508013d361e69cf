import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import { retryRequests, retryUpload, type Send } from "./src/retry-requests.ts";

type Turn = "lost" | "silent" | { readonly status: number; readonly headers?: Record<string, string> };

interface Heard {
  readonly key: string | undefined;
  readonly body: string;
}

const servers: ReturnType<typeof createServer>[] = [];

after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers as it is told, turn by turn, the last for ever, and remembers what it was sent. */
async function scripted(...turns: Turn[]): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    heard.push({ key: request.headers["idempotency-key"] as string | undefined, body });
    take(turns[Math.min(heard.length, turns.length) - 1] as Turn, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, heard };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

function take(turn: Turn, response: ServerResponse): void {
  if (turn === "lost") response.destroy();
  else if (turn !== "silent") response.writeHead(turn.status, turn.headers).end("{}");
}

const patience = { retries: 3, timeoutMs: 30_000, longestWaitMs: 10_000 };
const send: Send = (request, init) => fetch(request, init);
const write = (url: string, headers = {}) => new Request(url, { method: "POST", body: '{"a":1}', headers });
const done: Turn = { status: 201 };
const soon = { "retry-after": "0" };

describe("a write", () => {
  test("is sent again with one key and its body until it is done", async () => {
    const { url, heard } = await scripted("lost", { status: 503, headers: soon }, { status: 429, headers: soon }, done);
    const response = await retryRequests(send, patience)(write(url));
    assert.equal(response.status, 201);
    assert.deepEqual(new Set(heard.map(({ body }) => body)), new Set(['{"a":1}']));
    assert.equal(heard.length, 4);
    assert.equal(new Set(heard.map(({ key }) => key)).size, 1);
    assert.match(heard[0]?.key ?? "", /^[0-9a-f]{32}$/);
  });

  test("with a file is sent again whole, with one key, however long that takes", async () => {
    const { url, heard } = await scripted("lost", { status: 503, headers: soon }, done);
    const form = new FormData();
    form.append("file", new Blob(["a,b\n1,2\n"]), "orders.csv");
    const request = new Request(url, { method: "POST", body: form });
    const response = await retryUpload(send, { ...patience, timeoutMs: 1 }, form)(request);
    assert.equal(response.status, 201);
    assert.equal(heard.length, 3);
    assert.equal(new Set(heard.map(({ key }) => key)).size, 1);
    for (const { body } of heard.slice(1)) assert.match(body, /filename="orders\.csv"[\s\S]*\r\n\r\na,b\n1,2\n\r\n/);
  });

  test("keeps the key that it brings, and another one gets another", async () => {
    const { url, heard } = await scripted("lost", done);
    const retrying = retryRequests(send, patience);
    await retrying(write(url, { "Idempotency-Key": "mine" }));
    await retrying(write(url));
    await retrying(write(url));
    const [first, again, second, third] = heard.map(({ key }) => key);
    assert.deepEqual([first, again], ["mine", "mine"]);
    assert.notEqual(second, third);
  });

  test("waits for its own first try, which the server still has under way", async () => {
    const { url, heard } = await scripted({ status: 409, headers: soon }, done);
    assert.equal((await retryRequests(send, patience)(write(url))).status, 201);
    assert.equal(heard.length, 2);
  });

  test("that is refused is not sent again", async () => {
    for (const status of [400, 401, 404, 409, 412, 422, 500]) {
      const { url, heard } = await scripted({ status });
      assert.equal((await retryRequests(send, patience)(write(url))).status, status);
      assert.equal(heard.length, 1);
    }
  });
});

describe("a request", () => {
  test("that reads has no key", async () => {
    const { url, heard } = await scripted("lost", { status: 200 });
    assert.equal((await retryRequests(send, patience)(new Request(url))).status, 200);
    assert.deepEqual(
      heard.map(({ key }) => key),
      [undefined, undefined],
    );
  });

  test("is given up after so many tries, with what came of the last", async () => {
    const busy = await scripted({ status: 503, headers: soon });
    const few = { ...patience, retries: 1 };
    assert.equal((await retryRequests(send, few)(write(busy.url))).status, 503);
    assert.equal(busy.heard.length, 2);
    const dead = await scripted("lost");
    await assert.rejects(retryRequests(send, few)(write(dead.url)), TypeError);
    assert.equal(dead.heard.length, 2);
  });

  test("is not sent again when the server wants a longer wait than there is patience for", async () => {
    const { url, heard } = await scripted({ status: 429, headers: { "retry-after": "3600" } });
    assert.equal((await retryRequests(send, patience)(write(url))).status, 429);
    assert.equal(heard.length, 1);
  });

  test("understands a date in Retry-After, and passes nonsense over", async () => {
    for (const asked of ["Wed, 01 Jan 2020 12:00:00 GMT", "soon"]) {
      const { url, heard } = await scripted({ status: 503, headers: { "retry-after": asked } }, done);
      assert.equal((await retryRequests(send, { ...patience, longestWaitMs: 10_000 })(write(url))).status, 201);
      assert.equal(heard.length, 2);
    }
  });

  test("that gets no answer ends in time", async () => {
    const { url } = await scripted("silent");
    const short = { ...patience, retries: 0, timeoutMs: 50 };
    await assert.rejects(retryRequests(send, short)(write(url)), { name: "TimeoutError" });
  });

  test("that its caller gives up is not sent again", async () => {
    const { url, heard } = await scripted("silent");
    const giveUp = new AbortController();
    const asked = retryRequests(send, patience)(new Request(url, { signal: giveUp.signal }));
    giveUp.abort();
    await assert.rejects(asked, { name: "AbortError" });
    assert.ok(heard.length <= 1);
  });
});
