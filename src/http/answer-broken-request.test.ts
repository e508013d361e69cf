import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { bodyOf, exchange, testServer } from "../../test/support/http-server.ts";

const server = await testServer(
  (app) => {
    app.get("/open", { config: { open: true } }, async () => "open");
    app.post("/open", { config: { open: true } }, async ({ body }) => body);
  },
  { limits: { requestTimeoutMs: 600, headersTimeoutMs: 300, headerBytes: 4096 } },
);
const head = "POST /open HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

describe("a connection", () => {
  const broken: [string, string, number][] = [
    ["that speaks no HTTP", "hello\r\n\r\n", 400],
    ["with a method of its own", "SING /open HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["with too large a head", `GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(5000)}\r\n\r\n`, 431],
    ["that says nothing", "", 408],
    ["whose head never ends", "GET / HTTP/1.1\r\nHost: x\r\nX:", 408],
    ["with two lengths", "POST /open HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
    ["whose body never ends", `${head}Content-Length: 9\r\n\r\n{`, 408],
    ["whose chunks never end", `${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`, 408],
  ];
  for (const [name, sent, status] of broken) {
    test(`${name} hears ${status} and is closed`, async () => {
      const { port } = await server.listen();
      const answer = await exchange(port, sent);
      assert.equal(answer.split(" ")[1], String(status));
      assert.equal(bodyOf(answer).status, status);
      assert.match(answer, /content-type: application\/problem\+json/i);
    });
  }

  const drips: [string, string, string][] = [
    ["in its head", "GET /open HTTP/1.1\r\nHost: x\r\nX: ", "y"],
    ["in its headers", "GET /open HTTP/1.1\r\nHost: x\r\n", "X: y\r\n"],
    ["in its body", `${head}Content-Length: 100000\r\n\r\n[`, "1,"],
    ["in its chunks", `${head}Transfer-Encoding: chunked\r\n\r\n`, "1\r\n1\r\n"],
  ];
  for (const [where, begin, drop] of drips) {
    test(`that goes on ${where}, drop by drop, is closed all the same`, async () => {
      const { port } = await server.listen();
      const socket = connect(port, "127.0.0.1").on("error", () => {});
      let heard = "";
      socket.on("data", (bytes) => {
        heard += bytes;
      });
      // Not `once`, which an error ends: a drop may meet the closed door before the answer is read.
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.write(begin);
      const dripping = setInterval(() => socket.writable && socket.write(drop), 20);
      await closed.finally(() => clearInterval(dripping));
      assert.match(heard, /^HTTP\/1\.1 408 /);
    });
  }

  test("is served while many others dawdle, and these are closed", async () => {
    const { port, origin } = await server.listen();
    const slow = Array.from({ length: 200 }, () => connect(port, "127.0.0.1"));
    const closed = slow.map((socket) => new Promise((resolve) => socket.on("error", () => {}).once("close", resolve)));
    for (const socket of slow) socket.resume().write("GET / HTTP/1.1\r\n");
    assert.equal((await fetch(`${origin}/open`)).status, 200);
    await Promise.all(closed);
  });
});
