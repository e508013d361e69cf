import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Type } from "typebox";
import { testServer } from "../../test/support/http-server.ts";
import { entityTag } from "./entity-tag.ts";
import { answerTextWithTag, answerWithTag, assertMatch, ifMatchOf } from "./match-request.ts";

const mug = { sku: "MUG", left: 2n };
const tag = entityTag(mug);
const answer = Type.Object({ sku: Type.String(), left: Type.Unsafe<bigint>(Type.Integer()) });

const { app } = await testServer((server) => {
  server.get("/mug", { config: { open: true }, schema: { response: { 200: answer } } }, async (request, reply) =>
    answerWithTag(request, reply, mug),
  );
  server.get("/written", { config: { open: true } }, async (request, reply) =>
    answerTextWithTag(request, reply, '{"left":null}'),
  );
  server.post("/mug", { config: { open: true } }, async (request) => {
    assertMatch(ifMatchOf(request), mug);
    return "written";
  });
});

describe("a resource", () => {
  test("is answered with its tag", async () => {
    const { statusCode, headers, body } = await app.inject("/mug");
    assert.deepEqual([statusCode, headers.etag, body], [200, tag, '{"sku":"MUG","left":2}']);
  });

  test("that is written already is answered as it is, with its tag", async () => {
    const { statusCode, headers, body } = await app.inject("/written");
    assert.deepEqual([statusCode, headers.etag, body], [200, entityTag({ left: null }), '{"left":null}']);
    assert.equal(headers["content-type"], "application/json; charset=utf-8");
    const known = await app.inject({ url: "/written", headers: { "if-none-match": String(headers.etag) } });
    assert.deepEqual([known.statusCode, known.body], [304, ""]);
  });

  for (const [named, status] of [
    [tag, 304],
    [`"other", W/${tag}`, 304],
    ["*", 304],
    ['"other"', 200],
    ["not a tag", 200],
  ] as const) {
    test(`is answered with ${status} to who has ${named}`, async () => {
      for (const method of ["GET", "HEAD"] as const) {
        const { statusCode, headers, body } = await app.inject({
          method,
          url: "/mug",
          headers: { "if-none-match": named },
        });
        assert.equal(statusCode, status);
        assert.equal(headers.etag, tag);
        if (status === 304) assert.equal(body, "");
      }
    });
  }
});

describe("a write", () => {
  const write = (headers: Record<string, string>) => app.inject({ method: "POST", url: "/mug", headers });

  test("goes ahead without If-Match", async () => assert.equal((await write({})).body, "written"));

  for (const named of [tag, `"other", ${tag}`, "*"]) {
    test(`goes ahead with ${named}`, async () => assert.equal((await write({ "if-match": named })).body, "written"));
  }

  for (const [named, status, code] of [
    ['"other"', 412, "http.precondition_failed"],
    [`W/${tag}`, 412, "http.precondition_failed"],
    ["other", 400, "http.if_match_invalid"],
    ["", 400, "http.if_match_invalid"],
  ] as const) {
    test(`with ${named || "an empty If-Match"} is refused with ${status}`, async () => {
      const refused = await write({ "if-match": named });
      assert.deepEqual([refused.statusCode, refused.json().code], [status, code]);
    });
  }
});
