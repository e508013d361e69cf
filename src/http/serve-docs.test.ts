import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testServer } from "../../test/support/http-server.ts";

const { app } = await testServer(() => {});

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
