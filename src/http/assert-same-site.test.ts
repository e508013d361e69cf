import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FastifyRequest } from "fastify";
import { assertSameSite } from "./assert-same-site.ts";

const trusted = ["https://app.shop.example"];

function request(method: string, headers: Record<string, string>): FastifyRequest {
  return { method, headers: { host: "shop.example", ...headers } } as unknown as FastifyRequest;
}

const wrong = { code: "http.cross_site" };

describe("assertSameSite", () => {
  test("lets reads pass wherever they come from: they change nothing", () => {
    assertSameSite(request("GET", { origin: "https://evil.example" }), trusted);
    assertSameSite(request("HEAD", { "sec-fetch-site": "cross-site" }), trusted);
  });

  test("lets writes pass from our own pages, from those that are trusted, and from programs", () => {
    assertSameSite(request("POST", { origin: "https://shop.example" }), trusted);
    assertSameSite(request("POST", { origin: "https://app.shop.example", "sec-fetch-site": "same-site" }), trusted);
    assertSameSite(request("DELETE", { "sec-fetch-site": "same-origin" }), trusted);
    assertSameSite(request("PATCH", {}), trusted);
  });

  for (const [what, headers] of [
    ["a page of another site", { origin: "https://evil.example" }],
    ["another port of this host", { origin: "https://shop.example:8443" }],
    ["a page without an origin", { origin: "null" }],
    ["an origin that cannot be read", { origin: "shop.example" }],
    ["a neighbour under the same domain", { "sec-fetch-site": "same-site" }],
    ["another site that hides its origin", { "sec-fetch-site": "cross-site" }],
  ] as const) {
    test(`refuses a write from ${what}`, () => {
      assert.throws(() => assertSameSite(request("POST", headers), trusted), wrong);
    });
  }
});
