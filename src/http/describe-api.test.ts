import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Type } from "typebox";
import { testServer } from "../../test/support/http-server.ts";

const Thing = Type.Object({ order_id: Type.Integer({ examples: [1] }) }, { title: "Thing" });

const { app } = await testServer(
  (server) => {
    const params = Type.Object({ id: Type.String({ description: "Its id.", examples: ["1"] }) });
    const body = Type.Object(
      { status: Type.Literal("shipped"), note: Type.String({ default: "" }) },
      { examples: [{ status: "shipped" }] },
    );
    const querystring = Type.Object({ quiet: Type.Boolean({ default: false, description: "Tell nobody." }) });
    const schema = { summary: "Move a thing", params, querystring, body, response: { 200: Thing } };
    server.put("/api/v2/things/:id/status", { config: { scope: "orders:write" }, schema }, async () => ({}));
    const answers = { "X-Colour": { description: "Its colour.", schema: { type: "string" } } };
    const shown = { summary: "Read a thing", params, response: { 200: Thing } };
    server.get(
      "/api/v2/things/:id",
      { config: { scope: "orders:read", refuses: [413], answers }, schema: shown },
      async () => ({}),
    );
    const basket = { summary: "Fill a basket", response: { 200: Thing } };
    server.post("/basket", { config: { shopper: "writes", tagged: true }, schema: basket }, async () => ({}));
    server.get("/basket", { config: { shopper: "reads", tagged: true }, schema: basket }, async () => ({}));
    server.post(
      "/api/v2/things/:id/shop",
      { config: { shopper: "user", tagged: false }, schema: { ...basket, params } },
      async () => ({}),
    );
    server.get(
      "/plain",
      { config: { open: true, signed: true }, schema: { response: { 200: Thing } } },
      async () => ({}),
    );
  },
  { tags: { Things: "What there is." } },
);

const described = (await app.inject("/openapi.json")).json();
const write = described.paths["/api/v2/things/{id}/status"].put;
const read = described.paths["/api/v2/things/{id}"].get;
const basket = described.paths["/basket"];

/** What a reference points to. */
function resolve(reference: { $ref: string }) {
  return reference.$ref
    .split("/")
    .slice(1)
    .reduce((node, key) => node[key], described);
}

const statuses = (operation: { responses: object }) => Object.keys(operation.responses).join(" ");
const parametersOf = (operation: { parameters?: ({ $ref: string } | { in: string; name: string })[] }) =>
  (operation.parameters ?? [])
    .map((parameter) => ("$ref" in parameter ? resolve(parameter) : parameter))
    .map((parameter) => `${parameter.in} ${parameter.name}`)
    .sort();

describe("the description", () => {
  test("is OpenAPI 3.1 with the API's name, licence and tags, and no address but its own", () => {
    assert.equal(described.openapi, "3.1.0");
    assert.equal(described.info.title, "Test");
    assert.equal(described.info.version, "1.0.0");
    assert.deepEqual(described.info.license, { name: "MIT", identifier: "MIT" });
    assert.deepEqual(described.tags, [{ name: "Things", description: "What there is." }]);
    assert.deepEqual(
      described.servers.map((server: { url: string }) => server.url),
      ["/"],
    );
  });

  test("says who may ask", () => {
    assert.deepEqual(write.security, [{ bearer: [] }, { apiKey: [] }, { session: [] }]);
    assert.deepEqual(basket.post.security, [{}, { session: [] }, { shopper: [] }]);
    assert.deepEqual(described.paths["/api/v2/things/{id}/shop"].post.security, [{ session: [] }]);
    assert.match(write.description, /orders:write/);
    assert.deepEqual(described.paths["/plain"].get.security, []);
    assert.deepEqual(Object.keys(described.components.securitySchemes), ["session", "shopper", "bearer", "apiKey"]);
  });

  test("says how a write is repeated and made to depend on what was read", () => {
    assert.deepEqual(parametersOf(write), ["header Idempotency-Key", "header If-Match", "path id", "query quiet"]);
    assert.deepEqual(Object.keys(write.responses[200].headers), [
      "Idempotent-Replayed",
      "RateLimit",
      "RateLimit-Policy",
    ]);
    assert.deepEqual(parametersOf(read), ["header If-None-Match", "path id"]);
    assert.deepEqual(parametersOf(described.paths["/plain"].get), [
      "header webhook-id",
      "header webhook-signature",
      "header webhook-timestamp",
    ]);
    assert.deepEqual(Object.keys(read.responses[200].headers), ["ETag", "RateLimit", "RateLimit-Policy", "X-Colour"]);
  });

  test("says which route is about one thing with a tag, where its address does not tell", () => {
    assert.deepEqual(parametersOf(basket.get), ["header If-None-Match"]);
    assert.deepEqual(parametersOf(basket.post), ["header Idempotency-Key", "header If-Match"]);
    assert.deepEqual(parametersOf(described.paths["/api/v2/things/{id}/shop"].post), [
      "header Idempotency-Key",
      "path id",
    ]);
    assert.equal(statuses(basket.get), "200 304 400 429 503 default");
    assert.equal(statuses(basket.post), "200 400 403 409 412 422 429 503 default");
  });

  test("says where a shopper gets a cookie", () => {
    assert.ok("Set-Cookie" in basket.post.responses[200].headers);
    assert.ok(!("Set-Cookie" in basket.get.responses[200].headers));
  });

  test("lets a caller leave out what has a default", () => {
    assert.deepEqual(write.requestBody.content["application/json"].schema.required, ["status"]);
    assert.equal(write.parameters.find(({ name }: { name: string }) => name === "quiet").required, false);
  });

  test("names every refusal that follows from what a route is, and those that it adds", () => {
    assert.equal(statuses(write), "200 400 401 403 404 409 412 413 415 422 429 503 default");
    assert.equal(statuses(read), "200 304 400 401 403 404 413 429 503 default");
    assert.equal(statuses(described.paths["/plain"].get), "200 400 429 default");
    assert.equal(statuses(described.paths["/health/ready"].get), "200 400 503 default");
  });

  test("shows each refusal as it is really answered", async () => {
    const refused = resolve(write.responses[401]).content["application/problem+json"];
    assert.deepEqual(resolve(refused.schema).required, ["type", "title", "status", "detail", "code"]);
    const answer = await app.inject({ method: "PUT", url: "/api/v2/things/1/status" });
    const { instance: _, request_id: __, ...real } = answer.json();
    const { instance: ___, request_id: ____, ...shown } = refused.example;
    assert.deepEqual(shown, real);
  });

  test("prints what has a name once, with an example wherever it is answered", () => {
    assert.deepEqual(described.components.schemas.Thing.required, ["order_id"]);
    for (const { responses } of [write, read]) {
      const { schema, example } = responses[200].content["application/json"];
      assert.deepEqual(schema, { $ref: "#/components/schemas/Thing" });
      assert.deepEqual(example, { order_id: 1 });
    }
  });

  test("has no part that nothing refers to, and no trace of how it is made", () => {
    const printed = JSON.stringify(described);
    const { securitySchemes: _, ...kinds } = described.components;
    const parts = Object.entries(kinds).flatMap(([kind, all]) =>
      Object.keys(all as object).map((name) => `#/components/${kind}/${name}`),
    );
    assert.deepEqual(
      parts.filter((part) => !printed.includes(`"$ref":"${part}"`)),
      [],
    );
    assert.doesNotMatch(printed, /x-route/);
  });

  test("hides its own routes", () => {
    assert.equal(described.paths["/docs"], undefined);
    assert.equal(described.paths["/openapi.json"], undefined);
  });
});
