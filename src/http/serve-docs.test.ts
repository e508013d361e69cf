import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Type } from "typebox";
import { testServer } from "../../test/support/http-server.ts";

const { app } = await testServer((server) => {
  const body = Type.Object({ status: Type.Literal("shipped") });
  const response = { 200: Type.Object({ order_id: Type.Integer() }) };
  const schema = { summary: "Move an order", params: Type.Object({ orderId: Type.String() }), body, response };
  server.put("/orders/:orderId/status", { config: { scope: "orders:write" }, schema }, async () => ({ order_id: 1 }));
});

describe("/openapi.json", () => {
  test("describes routes, their keys, their errors and how writes are repeated, as OpenAPI 3.1", async () => {
    const document = (await app.inject("/openapi.json")).json();
    const operation = document.paths["/orders/{orderId}/status"].put;
    assert.equal(document.openapi, "3.1.0");
    assert.deepEqual(document.info, { title: "Test", version: "1.0.0" });
    assert.deepEqual(operation.security, [{ bearer: [] }, { apiKey: [] }]);
    assert.match(operation.description, /orders:write/);
    assert.deepEqual(
      operation.parameters.map((parameter: { name: string; in: string }) => `${parameter.in} ${parameter.name}`).sort(),
      ["header idempotency-key", "path orderId"],
    );
    assert.equal(operation.requestBody.content["application/json"].schema.properties.status.const, "shipped");
    assert.ok(operation.responses.default.content["application/problem+json"].schema.properties.errors);
    assert.equal(operation.responses[200].content["application/json"].schema.properties.order_id.type, "integer");
  });

  test("says which routes are open, and hides its own", async () => {
    const document = (await app.inject("/openapi.json")).json();
    assert.deepEqual(document.paths["/health/live"].get.security, []);
    assert.ok(document.paths["/health/live"].get.responses[200].content["application/json"].schema.properties.status);
    assert.deepEqual(
      document.servers.map((server: { url: string }) => server.url),
      ["/"],
    );
    assert.equal(document.paths["/docs"], undefined);
  });
});

describe("/docs", () => {
  test("is a page that names no other host and may ask none", async () => {
    const answer = await app.inject("/docs");
    assert.equal(answer.statusCode, 200);
    assert.match(String(answer.headers["content-type"]), /^text\/html/);
    assert.doesNotMatch(answer.body, /https?:\/\/|\/\/cdn/);
    assert.match(answer.body, /<script src="\/docs\/scalar.js"/);
    assert.match(answer.body, /"withDefaultFonts": false/);
    const policy = String(answer.headers["content-security-policy"]);
    assert.match(policy, /default-src 'none'; script-src 'self' 'sha256-[^']+';/);
    assert.match(policy, /connect-src 'self';/);
    assert.doesNotMatch(policy, /https?:|\*/);
  });

  test("brings its script along", async () => {
    const answer = await app.inject("/docs/scalar.js");
    assert.match(String(answer.headers["content-type"]), /^text\/javascript/);
    assert.ok(answer.rawPayload.length > 1_000_000);
  });
});
