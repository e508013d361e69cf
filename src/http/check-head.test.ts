import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { eventually } from "../../test/support/eventually.ts";
import { bodyOf, exchange, testServer } from "../../test/support/http-server.ts";

let written = 0;
const server = await testServer(
  (app) => {
    app.get("/open", { config: { open: true } }, async () => "open");
    app.post("/open", { config: { open: true } }, async () => {
      written += 1;
      return "written";
    });
    app.get("/slow", { config: { open: true } }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return "slow";
    });
  },
  { limits: { requestTimeoutMs: 2_000, headersTimeoutMs: 1_000, headerBytes: 8_192 } },
);

const json = "Content-Type: application/json\r\n";
const get = "GET /open HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
const post = `POST /open HTTP/1.1\r\nHost: x\r\n${json}`;
/** A request that must not be found in the body of the one before it. */
const hidden = "POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/** The answers in what came back. */
function statusesOf(answers: string): string[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = ""]) => status);
}

describe("a head", () => {
  const answered: [string, string, number, string?][] = [
    ["without a host", "GET /open HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "http.host_invalid"],
    ["with two hosts", `${get}Host: y\r\n\r\n`, 400, "http.host_invalid"],
    ["with the same host twice", `${get}host: x\r\n\r\n`, 400, "http.host_invalid"],
    [
      "with a host that is none",
      "GET /open HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n",
      400,
      "http.host_invalid",
    ],
    ["with an empty host", "GET /open HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", 200],
    ["of HTTP/1.0 without a host", "GET /open HTTP/1.0\r\n\r\n", 200],
    ["of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "http.malformed_request"],
    ["of HTTP/9", "GET /open HTTP/9.1\r\nHost: x\r\n\r\n", 400, "http.malformed_request"],
    ["of HTTP/0.9", "GET /open\r\n\r\n", 400, "http.host_invalid"],
    ["that expects a miracle", `${get}Expect: miracle\r\n\r\n`, 417, "http.expectation_failed"],
    ["that expects to be told to go on", `${get}Expect: 100-continue\r\n\r\n`, 200],
    ["with a hundred headers", `${get}${"X: y\r\n".repeat(98)}\r\n`, 200],
    ["with too many headers", `${get}${"X: y\r\n".repeat(99)}\r\n`, 431, "http.headers_too_large"],
    ["with far too many headers", `${get}${"a:\r\n".repeat(2_000)}\r\n`, 431, "http.headers_too_large"],
    ["with too long a header", `${get}X: ${"y".repeat(9_000)}\r\n\r\n`, 431, "http.headers_too_large"],
    [
      "with too long an address",
      `GET /${"y".repeat(9_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
      431,
      "http.headers_too_large",
    ],
    ["with an unknown method", "MAKE /open HTTP/1.1\r\nHost: x\r\n\r\n", 400, "http.malformed_request"],
    ["with a method in small letters", "get /open HTTP/1.1\r\nHost: x\r\n\r\n", 400, "http.malformed_request"],
    ["with a NUL in a header", `${get}X: a\0b\r\n\r\n`, 400, "http.malformed_request"],
    ["with a lone carriage return", `${get}X: a\rb\r\n\r\n`, 400, "http.malformed_request"],
    ["with a header without a name", `${get}: a\r\n\r\n`, 400, "http.malformed_request"],
    ["with a space before the colon", `${get}X : a\r\n\r\n`, 400, "http.malformed_request"],
    ["with a space before a header", `GET /open HTTP/1.1\r\n X: a\r\nHost: x\r\n\r\n`, 400, "http.malformed_request"],
    ["with a space in the address", "GET /op en HTTP/1.1\r\nHost: x\r\n\r\n", 400, "http.malformed_request"],
    ["of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "http.malformed_request"],
  ];
  for (const [name, sent, status, code] of answered) {
    test(`${name} is answered with ${status}`, async () => {
      const { port } = await server.listen();
      const answer = await exchange(port, Buffer.from(sent, "latin1"));
      assert.deepEqual(statusesOf(answer.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "")), [String(status)]);
      if (code === undefined) return;
      const problem = bodyOf(answer);
      assert.deepEqual([problem.code, problem.status], [code, status]);
      assert.match(answer, /content-type: application\/problem\+json/i);
      assert.match(answer, /connection: close/i);
    });
  }
});

describe("a body that others may see the end of elsewhere", () => {
  const chunked = "Transfer-Encoding: chunked\r\n";
  const shapes: [string, string][] = [
    ["a length and chunks", `${post}Content-Length: 4\r\n${chunked}\r\n0\r\n\r\n${hidden}`],
    ["chunks and a length", `${post}${chunked}Content-Length: 4\r\n\r\n0\r\n\r\n${hidden}`],
    ["two lengths", `${post}Content-Length: 2\r\nContent-Length: 0\r\n\r\n{}${hidden}`],
    ["the same length twice", `${post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}${hidden}`],
    ["two lengths in one", `${post}Content-Length: 2, 0\r\n\r\n{}${hidden}`],
    ["a negative length", `${post}Content-Length: -2\r\n\r\n${hidden}`],
    ["a length with a plus", `${post}Content-Length: +2\r\n\r\n{}${hidden}`],
    ["a length in hexadecimal", `${post}Content-Length: 0x2\r\n\r\n{}${hidden}`],
    ["a length beyond numbers", `${post}Content-Length: 18446744073709551618\r\n\r\n{}${hidden}`],
    ["an unknown coding", `${post}Transfer-Encoding: gzip\r\n\r\n{}${hidden}`],
    ["a coding after chunks", `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${hidden}`],
    ["chunks twice", `${post}${chunked}${chunked}\r\n0\r\n\r\n${hidden}`],
    ["chunks in disguise", `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`],
    ["chunks behind a space", `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`],
    ["a folded header", `${post}X: a\r\n Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}${hidden}`],
    ["a folded coding", `${post}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${hidden}`],
    ["lines that end in a line feed", `POST /open HTTP/1.1\nHost: x\nContent-Length: 2\n\n{}${hidden}`],
    ["a chunk whose length is no number", `${post}${chunked}\r\nzz\r\n{}\r\n0\r\n\r\n${hidden}`],
    ["a chunk whose length is negative", `${post}${chunked}\r\n-2\r\n{}\r\n0\r\n\r\n${hidden}`],
    ["a chunk whose length is endless", `${post}${chunked}\r\n${"f".repeat(40)}\r\n{}\r\n0\r\n\r\n${hidden}`],
    ["a chunk longer than it says", `${post}${chunked}\r\n1\r\n{}\r\n0\r\n\r\n${hidden}`],
    ["a chunk that ends in a line feed", `${post}${chunked}\r\n2\n{}\n0\n\n${hidden}`],
  ];
  for (const [name, sent] of shapes) {
    test(`as with ${name} is refused once, and what hides in it is not done`, async () => {
      written = 0;
      const { port } = await server.listen();
      const answer = await exchange(port, sent);
      assert.deepEqual(statusesOf(answer), ["400"], answer);
      assert.match(answer, /application\/problem\+json/);
      assert.equal(written, 0);
    });
  }
});

describe("requests on one connection", () => {
  const keep = "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n";

  test("are answered in their order, and the garbage behind them last", async () => {
    const { port } = await server.listen();
    const answer = await exchange(port, `${keep}GET /open HTTP/1.1\r\nHost: x\r\n\r\n${keep}garbage\r\n\r\n`);
    assert.deepEqual(statusesOf(answer), ["200", "200", "200", "400"]);
    assert.ok(answer.indexOf("slow") < answer.indexOf("open"));
  });

  test("are answered when the garbage comes in many packets", async () => {
    const { port } = await server.listen();
    const socket = connect(port, "127.0.0.1");
    let heard = "";
    socket.on("data", (bytes) => {
      heard += bytes;
    });
    socket.on("error", () => {});
    const closed = once(socket, "close");
    socket.write(keep);
    for (let packet = 0; packet < 20; packet += 1) {
      socket.write("\x01\x02\r\n");
      await new Promise((resolve) => setImmediate(resolve));
    }
    await closed;
    assert.deepEqual(statusesOf(heard).slice(0, 1), ["200"]);
    assert.ok(statusesOf(heard).length <= 2);
  });

  test("leave nothing behind when their client goes away in the middle", async () => {
    const { port } = await server.listen();
    const sockets = Array.from({ length: 50 }, () => connect(port, "127.0.0.1").on("error", () => {}));
    for (const socket of sockets) {
      socket.write(`${keep}POST /open HTTP/1.1\r\nHost: x\r\n${json}Content-Length: 100\r\n\r\n{`);
      socket.once("connect", () => setImmediate(() => socket.resetAndDestroy()));
    }
    const open = () =>
      new Promise<number>((resolve, reject) => {
        server.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      });
    await eventually("every connection is closed", async () => (await open()) === 0);
    assert.ok(!server.lines.some((line) => line.includes('"level":50')));
  });
});
