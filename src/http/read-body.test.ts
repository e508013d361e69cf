import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { Type } from "typebox";
import { bodyOf, exchange, testServer } from "../../test/support/http-server.ts";

const limitBytes = 1_048_576;
const Body = Type.Object({ name: Type.String({ maxLength: 10 }) }, { additionalProperties: false });

const { app, listen } = await testServer((server) => {
  server.post("/names", { config: { open: true }, schema: { body: Body } }, async ({ body }) => body);
});

function post(payload: string | Buffer, headers: Record<string, string> = {}) {
  return app.inject({
    method: "POST",
    url: "/names",
    payload,
    headers: { "content-type": "application/json", ...headers },
  });
}

describe("a body that is packed", () => {
  const text = JSON.stringify({ name: "Ann" });
  const packed: [string, Buffer | string][] = [
    ["gzip", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["br", brotliCompressSync(text)],
    ["gzip, gzip", gzipSync(gzipSync(text))],
    ["identity, gzip", gzipSync(text)],
    ["nonsense", text],
  ];
  for (const [encoding, bytes] of packed) {
    test(`as ${encoding} is refused, and not unpacked`, async () => {
      const answer = await post(bytes, { "content-encoding": encoding });
      assert.deepEqual([answer.statusCode, answer.json().code], [415, "http.unsupported_type"]);
    });
  }

  test("as nothing is read", async () => {
    assert.equal((await post(text, { "content-encoding": "identity" })).statusCode, 200);
  });

  test("though nobody says so is no text", async () => {
    assert.equal((await post(gzipSync(text))).json().code, "http.unreadable_body");
  });
});

describe("a body that is large", () => {
  const padded = (bytes: number) => `{"name":"Ann"}`.padEnd(bytes);

  test("is read up to a megabyte, spaces included", async () => {
    assert.equal((await post(padded(limitBytes))).statusCode, 200);
    assert.equal((await post(padded(limitBytes + 1))).statusCode, 413);
  });

  test("of ten megabytes of spaces is refused by its length", async () => {
    const { port } = await listen();
    const head = "POST /names HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    // Nothing of it is sent: it is refused all the same.
    const answer = await exchange(port, `${head}Content-Length: ${10 * limitBytes}\r\n\r\n`);
    assert.deepEqual([bodyOf(answer).code, bodyOf(answer).status], ["http.body_too_large", 413]);
    assert.match(answer, /connection: close/i);
  });

  test("and comes in pieces is refused as soon as it is too much", async () => {
    const { port } = await listen();
    const head =
      "POST /names HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    const piece = `${limitBytes.toString(16)}\r\n${" ".repeat(limitBytes)}\r\n`;
    // The last piece never comes.
    const answer = await exchange(port, `${head}${piece}1\r\n \r\n`);
    assert.equal(bodyOf(answer).code, "http.body_too_large");
  });
});

describe("a body that is made to be slow", () => {
  const bodies: [string, string][] = [
    ["100,000 arrays in each other", "[".repeat(100_000) + "]".repeat(100_000)],
    ["100,000 objects in each other", '{"a":'.repeat(100_000)],
    ["an array of 500,000", `[${"1,".repeat(500_000)}1]`],
    ["an object of 100,000 names", `{${Array.from({ length: 100_000 }, (_, index) => `"${index}":1`).join()}}`],
    ["a text of a million characters", JSON.stringify({ name: "é".repeat(500_000) })],
    ["a number of a million digits", `{"name":${"9".repeat(1_000_000)}}`],
    ["a million digits behind a point", `{"name":0.${"9".repeat(1_000_000)}}`],
    ["an exponent of a million digits", `{"name":1e${"9".repeat(1_000_000)}}`],
    ["a million escapes", `{"name":"${"\\u0041".repeat(170_000)}"}`],
    ["quotes without end", '"'.repeat(1_000_000)],
    ["backslashes without end", `"${"\\".repeat(1_000_000)}`],
    ["one name 50,000 times", `{${'"name":"a",'.repeat(50_000)}"name":"a"}`],
  ];
  for (const [name, text] of bodies) {
    test(`by ${name} is refused`, async () => {
      const { statusCode, body } = await post(text);
      assert.ok([400, 422].includes(statusCode), `${statusCode}`);
      assert.ok(body.length < 2_000, "its answer is short");
    });
  }
});
