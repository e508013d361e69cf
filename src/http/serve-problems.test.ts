import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testServer } from "../../test/support/http-server.ts";

describe("GET /problems/{code}", () => {
  test("says when a problem comes and what to do, at the address that its document names", async () => {
    const { app } = await testServer(() => {});
    const refused = await app.inject("/nowhere");
    const { type, code } = refused.json();
    const page = await app.inject(type);
    assert.equal(page.statusCode, 200);
    assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
    assert.equal(page.headers["x-frame-options"], "DENY");
    assert.match(page.body, new RegExp(`<h1><code>${code}</code></h1>`));
    assert.match(page.body, /<dt>Status<\/dt><dd>404<\/dd>/);
    assert.match(page.body, /<dt>What to do<\/dt><dd>look at <code>\/docs<\/code><\/dd>/);
  });

  test("knows no other code", async () => {
    const { app } = await testServer(() => {});
    for (const code of ["http.never", "x".repeat(65), "%3Cscript%3E"]) {
      const refused = await app.inject(`/problems/${code}`);
      assert.ok([404, 422].includes(refused.statusCode), code);
      assert.match(String(refused.headers["content-type"]), /^application\/problem\+json/);
    }
  });
});
