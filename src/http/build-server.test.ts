import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { bodyOf, exchange, testServer } from "../../test/support/http-server.ts";
import { refusal } from "../platform/errors.ts";
import { BigInteger, writeJson } from "./write-json.ts";

const soldOut = refusal<{ sku: string }>("stock.sold_out", "conflict", ({ sku }) => `${sku} is sold out.`);
const secret = "canary-4111-1111";

const Body = Type.Object({
  customer_email: Type.String({ format: "email", maxLength: 100 }),
  items: Type.Array(
    Type.Object({
      product_name: Type.String({ minLength: 1 }),
      quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
      unit_price: Type.Number({ minimum: 0 }),
    }),
    { minItems: 1, maxItems: 1000 },
  ),
  currency: Type.String({ default: "JPY", pattern: "^[A-Z]{3}$" }),
  kind: Type.Optional(Type.Union([Type.Literal("a"), Type.Literal("b")])),
});

const Query = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
  skip: Type.Integer({ minimum: 0, default: 0 }),
  all: Type.Boolean({ default: false }),
  name: Type.Optional(Type.String()),
});

function routes(app: FastifyInstance): void {
  app.post("/orders/", { config: { scope: "orders:write" }, schema: { body: Body } }, async ({ body }) => body);
  app.get("/orders/", { config: { scope: "orders:read" }, schema: { querystring: Query } }, async ({ query }) => query);
  app.get("/orders/:orderId", { config: { scope: "orders:read" } }, async ({ params }) => params);
  app.delete("/orders/:orderId", { config: { scope: "orders:write" } }, async ({ body }) => ({ body: body ?? null }));
  app.get("/who", { config: { scope: "orders:read" } }, async ({ principal }) => principal);
  app.get("/open", { config: { open: true } }, async ({ principal }) => principal.id);
  app.get("/sold-out", { config: { open: true } }, async () => {
    throw soldOut({ sku: "MUG" });
  });
  app.get("/broken", { config: { open: true } }, async () => {
    throw Object.assign(new Error("Failing row."), { detail: secret, where: secret, parameters: [secret] });
  });
  app.get("/away", { config: { open: true } }, async () => {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  });
  app.get("/locked", { config: { open: true } }, async () => {
    throw Object.assign(new Error("canceling statement due to lock timeout"), { code: "55P03" });
  });
  const response = { 200: Type.Object({ total_amount: BigInteger() }) };
  app.get("/big", { config: { open: true }, schema: { response } }, async () => ({ total_amount: 9007199254740993n }));
}

const server = await testServer(routes);
const authorization = "Bearer owner";
const good = { customer_email: "a@b.example", items: [{ product_name: "MUG", quantity: 2, unit_price: 89800 }] };

function post(payload: string | Buffer | object, headers: Record<string, string> = {}) {
  const text = typeof payload === "string" || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  return server.app.inject({
    method: "POST",
    url: "/orders/",
    payload: text,
    headers: { authorization, "content-type": "application/json", ...headers },
  });
}

describe("a problem document", () => {
  const paths: [string, number, string][] = [
    ["/sold-out", 409, "stock.sold_out"],
    ["/nowhere", 404, "http.not_found"],
    ["/orders/%ff", 400, "http.malformed_url"],
    ["/orders/?name=%ff", 400, "http.malformed_url"],
    ["/orders/?name=100%", 400, "http.malformed_url"],
    ["/orders/?name=%c0%80", 400, "http.malformed_url"],
    ["/orders/?name=%ed%a0%80", 400, "http.malformed_url"],
    ["/orders/%00", 422, "http.invalid_input"],
    ["/orders/?name=%00", 422, "http.invalid_input"],
    ["/away", 503, "http.unavailable"],
    ["/locked", 503, "http.unavailable"],
    ["/broken", 500, "http.unexpected"],
    [`/orders/${"9".repeat(300)}`, 404, "http.not_found"],
  ];
  for (const [url, status, code] of paths) {
    test(`answers ${url.slice(0, 30)} with ${status}`, async () => {
      const answer = await server.app.inject({ url, headers: { authorization } });
      const problem = answer.json();
      assert.equal(answer.statusCode, status);
      assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
      assert.equal(problem.type, `/problems/${code}`);
      assert.equal(problem.code, code);
      assert.equal(problem.status, status);
      assert.equal(problem.instance, url.split("?")[0]);
      assert.ok(problem.title && problem.detail && problem.request_id);
      assert.equal(answer.headers["cache-control"], "private, no-store");
      assert.equal(answer.headers["x-content-type-options"], "nosniff");
    });
  }

  test("says what the refusal says", async () => {
    assert.equal((await server.app.inject("/sold-out")).json().detail, "MUG is sold out.");
  });

  test("says when to come back while the database is away", async () => {
    assert.equal((await server.app.inject("/away")).headers["retry-after"], "1");
  });

  test("names the methods that an address has", async () => {
    const answer = await server.app.inject({ method: "PUT", url: "/orders/7/" });
    assert.equal(answer.statusCode, 405);
    assert.equal(answer.headers.allow, "DELETE, GET, HEAD, OPTIONS");
  });

  test("tells nothing of the cause of a fault of ours, and logs it without the values of rows", async () => {
    const answer = await server.app.inject("/broken");
    const lines = server.lines.filter((line) => line.includes(answer.json().request_id));
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /Failing row/);
    assert.doesNotMatch(answer.body, /Failing|canary|\.ts|at /);
    assert.ok(!server.lines.some((line) => line.includes(secret)));
  });
});

describe("a body", () => {
  test("is taken with its defaults, and v1 paths work without their slash", async () => {
    const answer = await server.app.inject({
      method: "POST",
      url: "/orders",
      payload: good,
      headers: { authorization },
    });
    assert.deepEqual(answer.json(), { ...good, currency: "JPY" });
  });

  const types: [string, string, number][] = [
    ["application/json", "application/json", 200],
    ["any case and a charset", 'Application/JSON; Charset="UTF-8"', 200],
    ["a leading space", " application/json", 200],
    ["another charset", "application/json; charset=latin1", 415],
    ["another parameter", "application/json; version=1", 415],
    ["a tab and more", "application/json\ta", 415],
    ["text", "text/plain", 415],
    ["a form", "application/x-www-form-urlencoded", 415],
    ["a suffix", "application/jsonx", 415],
    ["a structured suffix", "application/problem+json", 415],
    ["nonsense", "json", 415],
    ["nothing", "", 415],
  ];
  for (const [name, type, status] of types) {
    test(`sent with ${name} as its type gets ${status}`, async () => {
      const { port } = await server.listen();
      const text = JSON.stringify(good);
      const head = `POST /orders/ HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\n`;
      const answer = await exchange(
        port,
        `${head}Content-Type: ${type}\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
      );
      assert.equal(answer.split(" ")[1], String(status));
      if (status === 415) assert.equal(bodyOf(answer).code, "http.unsupported_type");
    });
  }

  test("with two types is still checked", async () => {
    const { port } = await server.listen();
    const head = `POST /orders/ HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\n`;
    const sent = `${head}Content-Type: application/json\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}`;
    assert.equal((await exchange(port, sent)).split(" ")[1], "422");
  });

  const faulty: [string, object, string, RegExp][] = [
    ["a missing field", { ...good, customer_email: undefined }, "/customer_email", /missing/],
    ["null", { ...good, customer_email: null }, "/customer_email", /a text/],
    ["no address", { ...good, customer_email: "x" }, "/customer_email", /e-mail/],
    ["no items", { ...good, items: [] }, "/items", /at least 1 /],
    ["too many items", { ...good, items: Array(1001).fill(good.items[0]) }, "/items", /at most 1000 /],
    ["a currency in small letters", { ...good, currency: "jpy" }, "/currency", /capital letters/],
    ["none of two words", { ...good, kind: "c" }, "/kind", /forms|one of/],
    ["an array", [], "", /an object/],
  ];
  for (const [name, body, pointer, detail] of faulty) {
    test(`with ${name} is refused at "${pointer}"`, async () => {
      const answer = await post(body);
      assert.equal(answer.statusCode, 422);
      assert.deepEqual(
        answer.json().errors.map((fault: { pointer: string }) => fault.pointer),
        [pointer],
      );
      assert.match(answer.json().errors[0].detail, detail);
    });
  }

  const quantities = [
    "-1",
    "0",
    "1.5",
    "1e9",
    "1e400",
    '"1e3"',
    '"0x10"',
    '" 12 "',
    '"１"',
    "9007199254740993",
    "null",
    "[]",
  ];
  for (const quantity of quantities) {
    test(`with the quantity ${quantity} is refused`, async () => {
      const answer = await post(JSON.stringify(good).replace('"quantity":2', `"quantity":${quantity}`));
      assert.equal(answer.statusCode, 422);
      assert.equal(answer.json().errors[0].pointer, "/items/0/quantity");
    });
  }

  test("is told all of its faults, twenty at most", async () => {
    assert.equal((await post({ items: [{}] })).json().errors.length, 4);
    assert.equal((await post({ ...good, items: Array(1000).fill({}) })).json().errors.length, 20);
  });

  test("that is larger than a megabyte is refused", async () => {
    const answer = await post(`{"customer_name":"${"x".repeat(1_048_576)}"}`);
    assert.equal(answer.statusCode, 413);
    assert.equal(answer.json().code, "http.body_too_large");
  });

  for (const [name, text] of [
    ["empty", ""],
    ["cut", '{"items":'],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ] as const) {
    test(`that is ${name} is unreadable`, async () => {
      const answer = await post(text);
      assert.equal(answer.statusCode, 400);
      assert.equal(answer.json().code, "http.unreadable_body");
    });
  }

  test("may be absent where none is wanted", async () => {
    const headers = { authorization, "content-type": "application/json" };
    const answer = await server.app.inject({ method: "DELETE", url: "/orders/7", headers });
    assert.deepEqual(answer.json(), { body: null });
  });

  test("that is missing is asked for", async () => {
    const answer = await server.app.inject({ method: "POST", url: "/orders/", headers: { authorization } });
    assert.equal(answer.statusCode, 422);
    assert.equal(answer.json().errors[0].detail, "A JSON body is needed.");
  });

  test("made to be slow is refused, not worked at", async () => {
    const bodies = [
      "[".repeat(1_000_000),
      `[${"1,".repeat(500_000)}1]`,
      `{"items":[${"{},".repeat(59_000)}{}]}`,
      `{"items":[${Array(29_000).fill('{"unit_price":1.5}').join()}]}`,
      JSON.stringify({ ...good, customer_email: `${"a@".repeat(300_000)}` }),
    ];
    for (const body of bodies) {
      const { statusCode } = await post(body);
      assert.ok(statusCode >= 400 && statusCode < 500, `${statusCode}`);
    }
  });
});

describe("a query", () => {
  const cases: [string, object | string][] = [
    ["", { limit: 20, skip: 0, all: false }],
    ["limit=100&skip=3&all=true&name=5", { limit: 100, skip: 3, all: true, name: "5" }],
    ["limit=abc", "/limit"],
    ["limit=1e1", "/limit"],
    ["limit=0x10", "/limit"],
    ["limit=1.0", "/limit"],
    ["limit=", "/limit"],
    ["limit=%2010", "/limit"],
    ["limit=010", "/limit"],
    ["limit=101", "/limit"],
    ["limit=1&limit=2", "/limit"],
    ["name=a&name=b", "/name"],
    ["name=a%26limit%3d7", { limit: 20, skip: 0, all: false, name: "a&limit=7" }],
    ["skip=-1", "/skip"],
    ["skip=99999999999999999999", "/skip"],
    ["all=yes", "/all"],
  ];
  for (const [query, expected] of cases) {
    test(`?${query} is ${typeof expected === "string" ? "refused" : "read"}`, async () => {
      const answer = await server.app.inject({ url: `/orders/?${query}`, headers: { authorization } });
      if (typeof expected === "string") {
        assert.equal(answer.statusCode, 422);
        assert.equal(answer.json().errors[0].pointer, expected);
      } else assert.deepEqual(answer.json(), expected);
    });
  }
});

describe("any request", () => {
  const lines = [
    "GET http://other.example/orders/ HTTP/1.1",
    "GET // HTTP/1.1",
    "GET /../orders HTTP/1.1",
    "GET /orders/%2e%2e%2f HTTP/1.1",
    "GET /orders/?limit[a]=1&__proto__[x]=1&constructor=1 HTTP/1.1",
    "GET /orders/?%ed%a0%80=%ed%a0%80&name=%ff HTTP/1.1",
    "GET /orders/%c0%80 HTTP/1.1",
    "GET ? HTTP/1.1",
    "GET /orders#x HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "PROPFIND /orders HTTP/1.1",
    "TRACE /orders HTTP/1.1",
    "HEAD /orders/ HTTP/1.1",
    "GET /orders/7 HTTP/1.0",
    "GET /orders/7 HTTP/2.0",
    "GET /orders/7 HTTP/1.1\r\nTransfer-Encoding: gzip",
    "POST /orders/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5",
    "POST /orders/ HTTP/1.1\r\nContent-Length: -1",
    "POST /orders/ HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 99999999999",
    "GET /open HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade",
    "GET /open HTTP/1.1\r\nExpect: miracles",
  ];
  for (const line of lines) {
    test(`like "${line.replaceAll("\r\n", " ")}" is answered by the server, never with its own fault`, async () => {
      const { port } = await server.listen();
      const sent = `${line}\r\nHost: x\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`;
      assert.match(await exchange(port, sent), /^HTTP\/1\.1 [24]\d\d /);
    });
  }
});

describe("who asks", () => {
  test("is known to the route", async () => {
    const answer = await server.app.inject({ url: "/who", headers: { authorization: "Bearer reader" } });
    assert.deepEqual(answer.json(), { id: "reader", name: "Reader", scopes: ["orders:read"] });
    assert.equal((await server.app.inject("/open")).body, "anonymous");
  });

  test("must be known, before the body is even looked at", async () => {
    const answer = await post("{not json", { authorization: "Bearer nobody" });
    assert.equal(answer.statusCode, 401);
    assert.match(String(answer.headers["www-authenticate"]), /^Bearer/);
  });

  test("must have the scope, which is named", async () => {
    const answer = await post(good, { authorization: "Bearer reader" });
    assert.equal(answer.statusCode, 403);
    assert.match(answer.json().detail, /orders:write/);
  });

  for (const [name, config] of [
    ["neither", {}],
    ["both", { open: true as const, scope: "orders:read" }],
  ] as const) {
    test(`is declared by every route: with ${name} of scope and open the server does not start`, async () => {
      await assert.rejects(
        testServer((app) => app.get("/forgotten", { config }, async () => "")),
        /GET \/forgotten must declare/,
      );
    });
  }
});

describe("an answer", () => {
  test("writes a bigint exactly, with a schema and without", async () => {
    assert.equal((await server.app.inject("/big")).body, '{"total_amount":9007199254740993}');
    assert.equal(writeJson({ total_amount: 9007199254740993n }), '{"total_amount":9007199254740993}');
  });
});
