import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Type } from "typebox";
import { eventually } from "../../test/support/eventually.ts";
import { bodyOf, exchange, testServer } from "../../test/support/http-server.ts";
import { type Element, exceptBody, lineTypes, type ManyBody, readManyBodies } from "./read-many.ts";

const limits = { bodyBytes: 10_000, elementBytes: 1_000, elements: 100 };

/** An element as these tests compare it: its value, or the code of why it has none. */
const seen = (element: Element) => ("refusal" in element ? element.refusal.code : element.value);

let begun = 0;
const { app, listen, lines } = await testServer((server) => {
  server.register((many, _options, done) => {
    readManyBodies(many, limits);
    const validatorCompiler = exceptBody(server.validatorCompiler as NonNullable<typeof server.validatorCompiler>);
    many.post(
      "/many",
      { config: { open: true }, schema: { body: Type.Array(Type.Any()) }, validatorCompiler },
      async ({ body }) => {
        begun += 1;
        const found: unknown[] = [];
        await (body as unknown as ManyBody).read((element) => found.push(seen(element)));
        return found;
      },
    );
    done();
  });
  server.post("/one", { config: { open: true }, schema: { body: Type.Object({}) } }, async () => ({}));
});

function post(payload: string | Buffer, type = "application/json", headers: Record<string, string> = {}) {
  return app.inject({ method: "POST", url: "/many", payload, headers: { "content-type": type, ...headers } });
}

describe("a body of many elements", () => {
  test("is an array, or has one element on each line", async () => {
    assert.deepEqual((await post('[{"a":1},2, "三"]')).json(), [{ a: 1 }, 2, "三"]);
    for (const type of lineTypes)
      assert.deepEqual((await post('{"a":1}\n2\n\n"三"', type)).json(), [{ a: 1 }, 2, "三"]);
  });

  test("may name its characters, as long as they are UTF-8", async () => {
    assert.equal((await post("[]", "application/json; charset=utf-8")).statusCode, 200);
    assert.equal((await post("[]", "application/json; charset=latin1")).json().code, "http.unsupported_type");
  });

  test("is neither packed nor of another type, and not missing", async () => {
    assert.equal((await post(gzipSync("[]"), "application/json", { "content-encoding": "gzip" })).statusCode, 415);
    assert.equal((await post("a,b", "text/csv")).json().code, "http.unsupported_type");
    assert.equal((await app.inject({ method: "POST", url: "/many" })).json().code, "http.invalid_input");
  });

  test("leaves other routes with bodies that are read whole", async () => {
    const payload = " ".repeat(2_000_000);
    const answer = await app.inject({
      method: "POST",
      url: "/one",
      payload,
      headers: { "content-type": "application/json" },
    });
    assert.equal(answer.json().code, "http.body_too_large");
  });
});

describe("an element of a body of many", () => {
  test("that is JSON and not wanted does not hurt the others", async () => {
    const strange = String.raw`[1,"\u0000",{"__proto__":1},{"a":"\ud800"},1e999,2]`;
    const code = "http.invalid_input";
    assert.deepEqual((await post(strange)).json(), [1, code, code, code, code, 2]);
  });

  test("that is no JSON spoils an array, and only its line of NDJSON", async () => {
    const broken = ["{", '{"a":1,"a":2}', "nul", "01", '"\t"', "[1}", "[".repeat(100) + "]".repeat(100)];
    for (const element of broken) {
      const answer = await post(`[1,${element},2]`);
      assert.deepEqual([answer.statusCode, answer.json().code], [400, "http.unreadable_body"], element);
      const found = await post(`1\n${element}\n2`, "application/x-ndjson");
      assert.deepEqual(found.json(), [1, "http.unreadable_body", 2], element);
    }
    assert.match((await post("[1,nul,2]")).json().detail, /element 1, counted from 0/);
  });

  test("that is not UTF-8 is no JSON", async () => {
    const bytes = Buffer.from('[1,"\xff",2]', "latin1");
    assert.equal((await post(bytes)).json().code, "http.unreadable_body");
    const found = await post(Buffer.from('1\n"\xff"\n2', "latin1"), "application/x-ndjson");
    assert.deepEqual(found.json(), [1, "http.unreadable_body", 2]);
  });

  test("that is too large is refused alone", async () => {
    const large = JSON.stringify("x".repeat(limits.elementBytes));
    assert.deepEqual((await post(`[1,${large},2]`)).json(), [1, "http.element_too_large", 2]);
    assert.deepEqual((await post(`1\n${large}\n2`, "application/x-ndjson")).json(), [1, "http.element_too_large", 2]);
  });
});

describe("limits of a body of many", () => {
  test("are on the number of its elements", async () => {
    const numbers = (count: number) => `[${Array.from({ length: count }, (_, index) => index).join()}]`;
    assert.equal((await post(numbers(limits.elements))).json().length, limits.elements);
    const answer = await post(numbers(limits.elements + 1));
    assert.deepEqual([answer.statusCode, answer.json().code], [413, "http.too_many_elements"]);
  });

  test("are on its bytes, as it says and as they come", async () => {
    assert.equal((await post("[]".padEnd(limits.bodyBytes))).statusCode, 200);
    assert.equal((await post("[]".padEnd(limits.bodyBytes + 1))).json().code, "http.body_too_large");

    const { port } = await listen();
    const head = "POST /many HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    const said = await exchange(port, `${head}Content-Length: 100000000\r\n\r\n`);
    assert.equal(bodyOf(said).code, "http.body_too_large");
    const piece = `${(limits.bodyBytes + 1).toString(16)}\r\n[${" ".repeat(limits.bodyBytes)}\r\n`;
    const came = await exchange(port, `${head}Transfer-Encoding: chunked\r\n\r\n${piece}`);
    assert.equal(bodyOf(came).code, "http.body_too_large");
  });
});

describe("a body of many that breaks off", () => {
  test("is nobody's fault but its sender's", async () => {
    const { port } = await listen();
    const before = begun;
    const socket = connect(port, "127.0.0.1");
    socket.write(
      "POST /many HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n[1,2",
    );
    await eventually("it is being read", () => begun > before);
    socket.destroy();
    assert.equal((await post("[1]")).statusCode, 200);
    assert.deepEqual(lines, []);
  });
});

describe("a body of many that is made to be slow", () => {
  const slow: [string, string][] = [
    ["brackets without end", "[".repeat(9_999)],
    ["quotes without end", `[${'"'.repeat(9_998)}`],
    ["backslashes without end", `["${"\\".repeat(9_997)}`],
    ["commas without end", `[${",".repeat(9_998)}`],
  ];
  for (const [name, text] of slow) {
    test(`by ${name} is refused`, async () => {
      const { statusCode, body } = await post(text);
      assert.equal(statusCode, 400);
      assert.ok(body.length < 1_000, "its answer is short");
    });
  }
});
