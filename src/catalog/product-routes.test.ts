import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import { priceRoutes } from "./price-routes.ts";
import { productRoutes } from "./product-routes.ts";
import { translationRoutes } from "./translation-routes.ts";

const clock = { now: () => noon };
const owner = { authorization: "Bearer owner" };
const absent = "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f";
const products = "/api/v2/products";

let database: TestDatabase;
let app: FastifyInstance;

before(async () => {
  database = await testDatabase();
  const parts = { db: database.db, clock };
  const server = await testServer((made) => {
    for (const routes of [productRoutes, priceRoutes, translationRoutes]) made.register(routes(parts));
  });
  app = server.app;
});

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

interface Problem {
  readonly code: string;
  readonly errors?: { pointer: string }[];
}

function send(method: Method, url: string, payload?: object | string, headers: Record<string, string> = {}) {
  const type = payload === undefined ? {} : { "content-type": "application/json" };
  return app.inject({ method, url, headers: { ...owner, ...type, ...headers }, ...(payload ? { payload } : {}) });
}

/** The status, the code and where the faults are. */
async function refused(method: Method, url: string, payload?: object | string, headers: Record<string, string> = {}) {
  const answer = await send(method, url, payload, headers);
  const { code, errors = [] } = answer.json<Problem>();
  return [answer.statusCode, code, ...errors.map(({ pointer }) => pointer)];
}

let made = 0;

/** A product of its own for each test. */
async function givenOne(wanted: object = {}): Promise<{ id: string; key: string }> {
  made += 1;
  const answer = await send("POST", products, { key: `tea-${made}`, tax_code: "food", ...wanted });
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json();
}

async function countOf(table: string): Promise<number> {
  const [row] = await ask<{ count: number }>(database.db, `select count(*)::int as count from ${table}`);
  return row?.count ?? 0;
}

describe("/api/v2/products", () => {
  test("adds a product from the least that must be said, and shows it by id and by key with one tag", async () => {
    const answer = await send("POST", products, { key: "sencha", tax_code: "food" });
    assert.equal(answer.statusCode, 201);
    const body = answer.json<{ id: string }>();
    assert.deepEqual(body, {
      id: body.id,
      key: "sencha",
      sku: "sencha",
      provider_id: "own",
      tax_code: "food",
      shippable: false,
      consumable: false,
      active: true,
      created_at: noon.toISOString(),
      updated_at: noon.toISOString(),
    });
    const [byId, byKey] = [await send("GET", `${products}/${body.id}`), await send("GET", `${products}/sencha`)];
    assert.deepEqual(byId.json(), body);
    assert.equal(byId.headers.etag, byKey.headers.etag);
    const again = await send("GET", `${products}/sencha`, undefined, { "if-none-match": String(byKey.headers.etag) });
    assert.equal(again.statusCode, 304);
  });

  test("lists products by what is asked for, page by page", async () => {
    for (const key of ["list-1", "list-2", "list-3"]) await givenOne({ key, provider_id: "lister" });
    await send("PATCH", `${products}/list-2`, { active: false });
    const keys = async (query: string) => {
      const { data, next_cursor } = (await send("GET", `${products}?${query}`)).json<{
        data: { key: string }[];
        next_cursor: string | null;
      }>();
      return { keys: data.map(({ key }) => key).sort(), next_cursor };
    };
    assert.deepEqual(await keys("provider=lister"), { keys: ["list-1", "list-2", "list-3"], next_cursor: null });
    assert.deepEqual(await keys("q=list-&active=true"), { keys: ["list-1", "list-3"], next_cursor: null });
    const first = await keys("q=list-&limit=2");
    const second = await keys(`q=list-&limit=2&cursor=${first.next_cursor}`);
    assert.deepEqual([...first.keys, ...second.keys].sort(), ["list-1", "list-2", "list-3"]);
  });

  test("changes a product whose tag is sent, and refuses one that was changed meanwhile", async () => {
    const { id, key } = await givenOne();
    const tag = String((await send("GET", `${products}/${id}`)).headers.etag);
    const changed = await send("PATCH", `${products}/${key}`, { shippable: true }, { "if-match": tag });
    assert.equal(changed.statusCode, 200, changed.body);
    assert.equal(changed.json<{ shippable: boolean }>().shippable, true);
    const stale = { "if-match": tag };
    assert.deepEqual(await refused("PATCH", `${products}/${id}`, { active: false }, stale), [
      412,
      "http.precondition_failed",
    ]);
    assert.deepEqual(await refused("DELETE", `${products}/${id}`, undefined, stale), [412, "http.precondition_failed"]);
    assert.equal((await send("GET", `${products}/${id}`)).json<{ active: boolean }>().active, true);
  });

  test("takes a product away once; whoever repeats the request hears the same", async () => {
    const { id } = await givenOne();
    const key = { "idempotency-key": `delete ${id}` };
    const gone = await send("DELETE", `${products}/${id}`, undefined, key);
    assert.deepEqual([gone.statusCode, gone.body, gone.headers["content-type"]], [204, "", undefined]);
    const again = await send("DELETE", `${products}/${id}`, undefined, key);
    assert.deepEqual([again.statusCode, again.body, again.headers["idempotent-replayed"]], [204, "", "true"]);
    assert.deepEqual(await refused("DELETE", `${products}/${id}`), [404, "product.not_found"]);
    assert.deepEqual(await refused("GET", `${products}/${id}`), [404, "product.not_found"]);
  });

  test("answers the same bytes to a key that comes again, and adds nothing", async () => {
    const draft = { key: "once", tax_code: "food" };
    const key = { "idempotency-key": "add once" };
    const first = await send("POST", products, draft, key);
    const count = await countOf("catalog.products");
    const again = await send("POST", products, draft, key);
    assert.deepEqual([again.statusCode, again.body], [201, first.body]);
    assert.equal(await countOf("catalog.products"), count);
    assert.deepEqual(await refused("POST", products, { ...draft, key: "twice" }, key), [
      422,
      "http.idempotency_key_reused",
    ]);
  });

  test("refuses what another product has", async () => {
    const { key } = await givenOne({ sku: "TAKEN" });
    assert.deepEqual(await refused("POST", products, { key, tax_code: "food" }), [409, "product.key_taken"]);
    const draft = { key: "free", sku: "TAKEN", tax_code: "food" };
    assert.deepEqual(await refused("POST", products, draft), [409, "product.sku_taken"]);
  });

  const bad: [string, object, string[]][] = [
    ["nothing", {}, ["/key", "/tax_code"]],
    ["a key with a slash", { key: "a/b", tax_code: "food" }, ["/key"]],
    ["a key like an id", { key: absent, tax_code: "food" }, ["/key"]],
    ["an empty SKU", { key: "ok", tax_code: "food", sku: " " }, ["/sku"]],
    ["a text for a flag", { key: "ok", tax_code: "food", active: "yes" }, ["/active"]],
    ["a member that there is not", { key: "ok", tax_code: "food", price: 1 }, ["/price"]],
    [
      "what is sent and handed over",
      { key: "ok", tax_code: "food", shippable: true, consumable: true },
      ["/consumable"],
    ],
  ];
  for (const [what, draft, pointers] of bad)
    test(`refuses ${what}, and says where`, async () => {
      const [status, , ...found] = await refused("POST", products, draft);
      assert.deepEqual([status, found.sort()], [422, pointers]);
    });

  test("refuses a change of nothing, and of what there is not", async () => {
    const { id } = await givenOne();
    assert.equal((await send("PATCH", `${products}/${id}`, {})).statusCode, 422);
    assert.equal((await send("PATCH", `${products}/${id}`, { id: absent })).statusCode, 422);
    assert.deepEqual(await refused("PATCH", `${products}/${absent}`, { active: true }), [404, "product.not_found"]);
  });

  test("asks for a key that may", async () => {
    const reader = { authorization: "Bearer reader" };
    assert.equal((await app.inject({ url: products })).statusCode, 401);
    assert.equal((await send("GET", products, undefined, reader)).statusCode, 403);
    assert.equal((await send("POST", products, { key: "x", tax_code: "food" }, reader)).statusCode, 403);
  });
});

describe("/api/v2/products/{id}/prices", () => {
  test("adds prices, shows them, changes them and takes them away, with tags", async () => {
    const { id, key } = await givenOne();
    const added = await send("POST", `${products}/${key}/prices`, { unit_amount: 1200, currency: "JPY" });
    assert.equal(added.statusCode, 201, added.body);
    const price = added.json<{ id: string }>();
    assert.deepEqual(price, {
      id: price.id,
      product_id: id,
      unit_amount: 1200,
      currency: "JPY",
      interval: "one_off",
      interval_count: 1,
      active: true,
      valid_from: null,
      valid_until: null,
      created_at: noon.toISOString(),
      updated_at: noon.toISOString(),
    });
    const path = `${products}/${id}/prices/${price.id}`;
    const tag = String((await send("GET", path)).headers.etag);
    const change = { unit_amount: 1300, valid_from: "2026-12-01T00:00:00+09:00" };
    const changed = (await send("PATCH", path, change, { "if-match": tag })).json<Record<string, unknown>>();
    assert.deepEqual([changed.unit_amount, changed.valid_from], [1300, "2026-11-30T15:00:00.000Z"]);
    assert.equal((await send("PATCH", path, { unit_amount: 1 }, { "if-match": tag })).statusCode, 412);
    const list = (await send("GET", `${products}/${key}/prices`)).json<{ data: object[]; next_cursor: null }>();
    assert.deepEqual(list, { data: [changed], next_cursor: null });
    assert.equal((await send("PATCH", path, { valid_from: null })).json<{ valid_from: null }>().valid_from, null);
    assert.equal((await send("DELETE", path)).statusCode, 204);
    assert.deepEqual(await refused("GET", path), [404, "price.not_found"]);
  });

  test("adds a price only while the product is as its tag says", async () => {
    const { id } = await givenOne();
    const tag = String((await send("GET", `${products}/${id}`)).headers.etag);
    await send("PATCH", `${products}/${id}`, { active: false });
    const draft = { unit_amount: 1, currency: "JPY" };
    assert.equal((await send("POST", `${products}/${id}/prices`, draft, { "if-match": tag })).statusCode, 412);
    assert.deepEqual((await send("GET", `${products}/${id}/prices`)).json<{ data: object[] }>().data, []);
  });

  const bad: [string, string, (string | number)[]][] = [
    ["no amount", `{"currency":"JPY"}`, ["http.invalid_input", "/unit_amount"]],
    ["half a yen", `{"unit_amount":0.5,"currency":"JPY"}`, ["http.invalid_input", "/unit_amount"]],
    [
      "an amount that a double rounds",
      `{"unit_amount":1.00000000000000001,"currency":"JPY"}`,
      ["price.invalid", "/unit_amount"],
    ],
    [
      "more than money can be",
      `{"unit_amount":1000000000000000,"currency":"JPY"}`,
      ["http.invalid_input", "/unit_amount"],
    ],
    ["a negative amount", `{"unit_amount":-1,"currency":"JPY"}`, ["http.invalid_input", "/unit_amount"]],
    ["a currency that nobody has", `{"unit_amount":1,"currency":"ABC"}`, ["price.invalid", "/currency"]],
    [
      "an interval that there is not",
      `{"unit_amount":1,"currency":"JPY","interval":"hour"}`,
      ["http.invalid_input", "/interval"],
    ],
    [
      "a count of what is paid once",
      `{"unit_amount":1,"currency":"JPY","interval_count":2}`,
      ["price.invalid", "/interval_count"],
    ],
    [
      "a time that cannot be meant",
      `{"unit_amount":1,"currency":"JPY","valid_from":"0001-01-01T00:00:00Z"}`,
      ["price.invalid", "/valid_from"],
    ],
    [
      "a span that is empty",
      `{"unit_amount":1,"currency":"JPY","valid_from":"2026-01-01T00:00:00Z","valid_until":"2026-01-01T00:00:00Z"}`,
      ["price.invalid", "/valid_until"],
    ],
  ];
  for (const [what, draft, told] of bad)
    test(`refuses ${what}, and says where in the price`, async () => {
      const { id } = await givenOne();
      assert.deepEqual(await refused("POST", `${products}/${id}/prices`, draft), [422, ...told]);
    });

  test("refuses another currency or interval of a price that is there", async () => {
    const { id } = await givenOne();
    const added = await send("POST", `${products}/${id}/prices`, { unit_amount: 1, currency: "JPY" });
    const path = `${products}/${id}/prices/${added.json<{ id: string }>().id}`;
    assert.deepEqual(await refused("PATCH", path, { currency: "EUR" }), [422, "http.invalid_input", "/currency"]);
    assert.deepEqual(await refused("PATCH", path, { interval: "day" }), [422, "http.invalid_input", "/interval"]);
  });
});

describe("/api/v2/products/{id}/translations", () => {
  const words = { name: "茶", checkout_description: "短い", description: "長い", statement_descriptor: "TEA" };

  test("says words, says others, shows them by any spelling of the tag, and takes them away", async () => {
    const { key } = await givenOne();
    const path = `${products}/${key}/translations`;
    const added = await send("PUT", `${path}/pt-br`, words);
    assert.deepEqual([added.statusCode, added.json()], [201, { language: "pt-BR", ...words }]);
    const named = { name: "Chá" };
    const empty = { checkout_description: "", description: "", statement_descriptor: "" };
    const changed = await send("PUT", `${path}/pt-BR`, named);
    assert.deepEqual([changed.statusCode, changed.json()], [200, { language: "pt-BR", ...named, ...empty }]);
    const shown = await send("GET", `${path}/PT-br`);
    assert.deepEqual(shown.json(), changed.json());
    assert.deepEqual((await send("GET", path)).json(), { data: [changed.json()], next_cursor: null });
    assert.equal((await send("DELETE", `${path}/pt-BR`)).statusCode, 204);
    assert.deepEqual(await refused("GET", `${path}/pt-BR`), [404, "translation.not_found"]);
    assert.deepEqual(await refused("DELETE", `${path}/pt-BR`), [404, "translation.not_found"]);
  });

  test("compares what is replaced with its tag; where nothing is there, no tag fits", async () => {
    const { key } = await givenOne();
    const path = `${products}/${key}/translations/ja`;
    assert.equal((await send("PUT", path, words, { "if-match": "*" })).statusCode, 412);
    await send("PUT", path, words);
    const tag = String((await send("GET", path)).headers.etag);
    assert.equal((await send("PUT", path, { name: "お茶" }, { "if-match": tag })).statusCode, 200);
    assert.equal((await send("PUT", path, words, { "if-match": tag })).statusCode, 412);
    assert.equal((await send("DELETE", path, undefined, { "if-match": tag })).statusCode, 412);
    assert.equal((await send("GET", path)).json<{ name: string }>().name, "お茶");
  });

  const bad: [string, string, object, string[]][] = [
    ["no name", "ja", {}, ["/name"]],
    ["a name of spaces", "ja", { name: " " }, ["/name"]],
    [
      "a descriptor that is too long",
      "ja",
      { ...words, statement_descriptor: "X".repeat(23) },
      ["/statement_descriptor"],
    ],
    ["a descriptor beyond ASCII", "ja", { ...words, statement_descriptor: "茶" }, ["/statement_descriptor"]],
    ["a descriptor that banks refuse", "ja", { ...words, statement_descriptor: "TEA*2" }, ["/statement_descriptor"]],
    ["a tag that is none", "english", words, ["/language"]],
    ["a tag with extensions", "en-u-ca-buddhist", words, ["/language"]],
  ];
  for (const [what, language, draft, pointers] of bad)
    test(`refuses ${what}, and says where in the words`, async () => {
      const { key } = await givenOne();
      const [status, , ...found] = await refused("PUT", `${products}/${key}/translations/${language}`, draft);
      assert.deepEqual([status, found], [422, pointers]);
      assert.deepEqual((await send("GET", `${products}/${key}/translations`)).json<{ data: object[] }>().data, []);
    });
});
