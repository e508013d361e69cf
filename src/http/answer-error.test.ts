import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { eventually } from "../../test/support/eventually.ts";
import { testServer } from "../../test/support/http-server.ts";

describe("a client that goes away in the middle of its body", () => {
  test("is not taken for a database that did", async () => {
    const steps: (string | number)[] = [];
    const { lines, listen } = await testServer((server) => {
      server.post("/orders", { config: { scope: "orders:write" } }, async () => "placed");
      server.addHook("preParsing", async () => void steps.push("body"));
      server.addHook("onSend", async (_request, reply) => void steps.push(reply.statusCode));
    });
    const { port } = await listen();
    const socket = connect(port, "127.0.0.1");
    socket.write("POST /orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer writer\r\n");
    socket.write('Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"customer');
    await eventually("the body is read", () => steps.length === 1);
    socket.destroy();
    await eventually("the request ends", () => steps.length === 2);
    assert.deepEqual(steps, ["body", 400]);
    assert.deepEqual(lines, []);
  });
});
