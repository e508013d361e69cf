import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testServer } from "../../test/support/http-server.ts";

const { app } = await testServer((server) => {
  server.get("/orders/:id", { config: { scope: "orders:read" } }, async () => "order");
  server.delete("/orders/:id", { config: { scope: "orders:write" } }, async () => "gone");
});

describe("the root", () => {
  test("tells a program where things are, and all of them are there", async () => {
    const index = await app.inject("/");
    assert.equal(index.statusCode, 200);
    assert.equal(index.headers.vary, "Accept");
    const { title, version, ...places } = index.json();
    assert.deepEqual([title, version], ["Test", "1.0.0"]);
    for (const place of Object.values(places)) assert.equal((await app.inject(String(place))).statusCode, 200);
  });

  test("leads who browses to the page about the API", async () => {
    const answer = await app.inject({ url: "/", headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } });
    assert.deepEqual([answer.statusCode, answer.headers.location, answer.headers.vary], [303, "/docs", "Accept"]);
  });
});

describe("OPTIONS", () => {
  test("is told the methods of an address without a key", async () => {
    const answer = await app.inject({ method: "OPTIONS", url: "/orders/7" });
    assert.deepEqual([answer.statusCode, answer.headers.allow, answer.body], [204, "DELETE, GET, HEAD, OPTIONS", ""]);
    assert.equal(answer.headers["access-control-allow-origin"], undefined);
  });

  test("finds nothing where nothing is", async () => {
    assert.equal((await app.inject({ method: "OPTIONS", url: "/nowhere" })).statusCode, 404);
  });
});

describe("HEAD", () => {
  test("is answered as GET is, without the content", async () => {
    const [head, get] = await Promise.all([app.inject({ method: "HEAD", url: "/" }), app.inject("/")]);
    assert.equal(head.statusCode, 200);
    assert.equal(head.body, "");
    assert.equal(head.headers["content-length"], get.headers["content-length"]);
  });
});
