import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import { taxRateRoutes } from "./tax-rate-routes.ts";

const path = "/api/v2/tax-rates";
const owner = { authorization: "Bearer owner" };
const draft = { name: "Sales tax", percentage: 8.875, country: "US", region: "US-NY", inclusive: false };

let app: FastifyInstance;

before(async () => {
  const { db } = await testDatabase();
  const server = await testServer((made) => void made.register(taxRateRoutes({ db, clock: { now: () => noon } })));
  app = server.app;
});

interface Problem {
  readonly code: string;
  readonly errors?: { pointer: string }[];
}

function send(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, payload?: object | string, headers = {}) {
  const type = payload === undefined ? {} : { "content-type": "application/json" };
  return app.inject({ method, url, headers: { ...owner, ...type, ...headers }, ...(payload ? { payload } : {}) });
}

async function refused(...sent: Parameters<typeof send>) {
  const answer = await send(...sent);
  const { code, errors = [] } = answer.json<Problem>();
  return [answer.statusCode, code, ...errors.map(({ pointer }) => pointer)];
}

describe("/api/v2/tax-rates", () => {
  test("adds a rate with exactly the percentage that was written, from now on", async () => {
    const answer = await send("POST", path, draft);
    assert.equal(answer.statusCode, 201, answer.body);
    const body = answer.json<{ id: string }>();
    assert.deepEqual(body, {
      id: body.id,
      ...draft,
      tax_code: null,
      valid_from: noon.toISOString(),
      valid_until: null,
      created_at: noon.toISOString(),
      updated_at: noon.toISOString(),
    });
    assert.match(answer.body, /"percentage":8\.875,/);
  });

  test("shows, changes, lists and takes away, with tags and keys", async () => {
    const added = await send("POST", path, { ...draft, region: null, tax_code: "food", name: "Food" });
    const { id } = added.json<{ id: string }>();
    const tag = String((await send("GET", `${path}/${id}`)).headers.etag);
    const key = { "idempotency-key": "end it" };
    const change = { percentage: 0, valid_until: "2030-01-01T00:00:00Z" };
    const changed = await send("PATCH", `${path}/${id}`, change, { "if-match": tag, ...key });
    assert.equal(changed.statusCode, 200, changed.body);
    const { percentage, valid_until } = changed.json<{ percentage: number; valid_until: string }>();
    assert.deepEqual([percentage, valid_until], [0, "2030-01-01T00:00:00.000Z"]);
    assert.equal((await send("PATCH", `${path}/${id}`, change, key)).body, changed.body);
    assert.equal((await send("PATCH", `${path}/${id}`, { name: "x" }, { "if-match": tag })).statusCode, 412);
    const list = await send("GET", `${path}?country=US&tax_code=food`);
    assert.deepEqual(list.json(), { data: [changed.json()], next_cursor: null });
    assert.equal((await send("DELETE", `${path}/${id}`)).statusCode, 204);
    assert.deepEqual(await refused("GET", `${path}/${id}`), [404, "tax_rate.not_found"]);
    assert.deepEqual(await refused("DELETE", `${path}/x`), [404, "tax_rate.not_found"]);
  });

  test("refuses a second rate for the same place and goods from the same moment on", async () => {
    const one = { ...draft, region: "US-CA" };
    assert.equal((await send("POST", path, one)).statusCode, 201);
    assert.deepEqual(await refused("POST", path, one), [409, "tax_rate.taken"]);
  });

  const bad: [string, string, string, string][] = [
    ["five decimals", `"percentage":1.00001`, "tax_rate.invalid", "/percentage"],
    ["decimals that a double loses", `"percentage":10.00000000000000000001`, "tax_rate.invalid", "/percentage"],
    ["more than everything", `"percentage":100.5`, "http.invalid_input", "/percentage"],
    ["a negative rate", `"percentage":-1`, "http.invalid_input", "/percentage"],
    ["a percentage as text", `"percentage":"8"`, "http.invalid_input", "/percentage"],
    ["a country in small letters", `"country":"us"`, "http.invalid_input", "/country"],
    ["a country that nobody has", `"country":"XX","region":null`, "tax_rate.invalid", "/country"],
    ["a region of another country", `"region":"CA-ON"`, "tax_rate.invalid", "/region"],
    ["a time that cannot be meant", `"valid_from":"9999-01-01T00:00:00Z"`, "tax_rate.invalid", "/valid_from"],
    ["an end before the beginning", `"valid_until":"2000-01-01T00:00:00Z"`, "tax_rate.invalid", "/valid_until"],
  ];
  for (const [what, member, code, pointer] of bad)
    test(`refuses ${what}, and says where`, async () => {
      const [, name = ""] = /^"(\w+)"/.exec(member) ?? [];
      const rest = Object.fromEntries(Object.entries(draft).filter(([one]) => !member.includes(`"${one}":`)));
      assert.ok(name !== "");
      const text = `${JSON.stringify(rest).slice(0, -1)},${member}}`;
      assert.deepEqual(await refused("POST", path, text), [422, code, pointer]);
    });

  test("refuses another place of a rate that is there", async () => {
    const { id } = (await send("POST", path, { ...draft, region: "US-TX" })).json<{ id: string }>();
    assert.deepEqual(await refused("PATCH", `${path}/${id}`, { country: "JP" }), [
      422,
      "http.invalid_input",
      "/country",
    ]);
  });

  test("asks for a key that may", async () => {
    assert.equal((await app.inject({ url: path })).statusCode, 401);
    assert.equal((await send("POST", path, draft, { authorization: "Bearer reader" })).statusCode, 403);
  });
});
