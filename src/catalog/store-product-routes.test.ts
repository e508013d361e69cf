import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { testDatabase } from "../../test/support/database.ts";
import { noon } from "../../test/support/given-orders.ts";
import { givenPrice, givenProduct, givenTranslation } from "../../test/support/given-products.ts";
import { testServer } from "../../test/support/http-server.ts";
import { storeProductRoutes } from "./store-product-routes.ts";

const path = "/api/store/products";
const store = { country: "JP", currency: "JPY" };

let app: FastifyInstance;

before(async () => {
  const { db } = await testDatabase();
  await db.transaction(async (tx) => {
    await givenProduct(tx);
    await givenPrice(tx, "tea", { currency: "JPY" });
    await givenTranslation(tx, "tea", "ja", "茶");
    await givenTranslation(tx, "tea", "en", "Tea");
  });
  const clock = { now: () => noon };
  const server = await testServer((made) => void made.register(storeProductRoutes({ db, clock }, store)));
  app = server.app;
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url: `${path}${url}`, headers });

describe("GET /api/store/products", () => {
  for (const url of ["", "/tea", "?page=1&page_size=1", "/tea?currency=EUR&country=FR&region=FR-IDF"])
    test(`shows ${url || "the list"} to everybody alike: cacheable, with a tag, the language, and no cookie`, async () => {
      const answer = await get(url, { "accept-language": "ja" });
      assert.equal(answer.statusCode, 200, answer.body);
      const { headers } = answer;
      assert.equal(headers["content-type"], "application/json; charset=utf-8");
      assert.equal(headers["cache-control"], "public, max-age=10, stale-while-revalidate=50");
      assert.equal(headers.vary, "Accept-Language");
      assert.match(String(headers.etag), /^"[\w-]{22}"$/);
      assert.equal(headers["set-cookie"], undefined);
      const cookie = { cookie: "ANONYMOUS_USER_EXTERNAL_ID=x; orderwell.session_token=y", "accept-language": "ja" };
      const again = await get(url, cookie);
      assert.deepEqual(
        [again.body, again.headers.etag, again.headers["set-cookie"]],
        [answer.body, headers.etag, undefined],
      );
    });

  test("answers 304 to whoever has the page, with what caches must know", async () => {
    for (const url of ["", "/tea"]) {
      const { headers } = await get(url, { "accept-language": "ja" });
      const again = await get(url, { "accept-language": "ja", "if-none-match": String(headers.etag) });
      assert.deepEqual([again.statusCode, again.body], [304, ""]);
      for (const name of ["etag", "cache-control", "vary", "content-language"])
        assert.equal(again.headers[name], headers[name], name);
      const other = await get(url, { "accept-language": "en", "if-none-match": String(headers.etag) });
      assert.equal(other.statusCode, 200);
    }
  });

  test("speaks the language that is liked most", async () => {
    for (const [liked, language, name] of [
      ["ja", "ja", "茶"],
      ["de, en;q=0.5", "en", "Tea"],
      ["\u0000\u0001,;;q", "en", "Tea"],
    ] as const) {
      const answer = await get("/tea", { "accept-language": liked });
      assert.deepEqual([answer.headers["content-language"], answer.json<{ name: string }>().name], [language, name]);
    }
  });

  test("shows the list in the store's currency when none is asked for", async () => {
    const { data, ...place } = (await get("")).json<{ data: { key: string }[] }>();
    assert.deepEqual(place, { page: 1, page_size: 20, total: 1 });
    assert.deepEqual(
      data.map(({ key }) => key),
      ["tea"],
    );
    assert.equal((await get("?currency=USD")).json<{ total: number }>().total, 0);
  });

  test("answers HEAD with the headers alone", async () => {
    const answer = await app.inject({ method: "HEAD", url: `${path}/tea` });
    assert.deepEqual([answer.statusCode, answer.body], [200, ""]);
    assert.ok(answer.headers.etag);
  });

  for (const [url, status] of [
    ["/lost", 404],
    ["/019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f", 404],
    [`/${"x".repeat(101)}`, 422],
    ["?page=0", 422],
    ["?page=10001", 422],
    ["?page_size=101", 422],
    ["?page=x", 422],
    ["?currency=yen", 422],
    ["?country=Japan", 422],
    ["/tea?region=13", 422],
    ["/tea?country=JP&region=US-CA", 422],
    ["/tea?language=ja", 422],
  ] as const)
    test(`answers ${status} to ${url.slice(0, 40)}, which no cache keeps`, async () => {
      const answer = await get(url);
      assert.equal(answer.statusCode, status, answer.body);
      assert.equal(answer.headers["cache-control"], "private, no-store");
    });
});
