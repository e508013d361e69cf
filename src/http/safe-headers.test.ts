import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { exchange, testServer } from "../../test/support/http-server.ts";

const paths = ["/", "/nowhere", "/health/live", "/orders", "/orders/%ff", "/openapi.json"];
const given = (hstsSeconds?: number) =>
  testServer(
    (app) => void app.get("/orders", { config: { scope: "orders:read" } }, async () => "orders"),
    hstsSeconds === undefined ? {} : { hstsSeconds },
  );

describe("an answer", () => {
  test("speaks of TLS only where somebody said that it is there, and then always", async () => {
    const [plain, behindTls] = await Promise.all([given(), given(3600)]);
    for (const url of paths) {
      assert.equal((await plain.app.inject(url)).headers["strict-transport-security"], undefined, url);
      const { headers } = await behindTls.app.inject(url);
      assert.equal(headers["strict-transport-security"], "max-age=3600", url);
    }
    const { port } = await behindTls.listen();
    const answer = await exchange(port, "GET / HTTP/1.1\r\nHost: x\r\nExpect: miracle\r\n\r\n");
    assert.match(answer, /strict-transport-security: max-age=3600/);
  });

  test("is kept by nobody and framed by nobody", async () => {
    const { app } = await given();
    for (const url of paths) {
      const { headers } = await app.inject(url);
      assert.equal(headers["cache-control"], "private, no-store", url);
      assert.equal(headers["x-content-type-options"], "nosniff", url);
      assert.match(String(headers["content-security-policy"]), /frame-ancestors 'none'/, url);
    }
  });
});

describe("a page", () => {
  test("is opened by nobody, framed by nobody, and tells nobody where it leads", async () => {
    const { app } = await given();
    for (const url of ["/docs", "/docs/scalar.js"]) {
      const { headers } = await app.inject(url);
      assert.equal(headers["referrer-policy"], "no-referrer", url);
      assert.equal(headers["x-frame-options"], "DENY", url);
      assert.equal(headers["cross-origin-opener-policy"], "same-origin", url);
      assert.equal(headers["cross-origin-resource-policy"], "same-origin", url);
    }
  });
});
