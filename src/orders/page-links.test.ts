import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { pageLinks } from "./page-links.ts";

const path = "/api/v1/orders/";

/** The links by their relation, as a client reads them: where each skips to. */
function skips(header: string): Record<string, number> {
  const links = header === "" ? [] : header.split(", ");
  return Object.fromEntries(
    links.map((link) => {
      const [, skip, relation] = /^<\/api\/v1\/orders\/\?skip=(\d+)&limit=\d+>; rel="(\w+)"$/.exec(link) ?? [];
      assert.ok(skip !== undefined && relation !== undefined, link);
      return [relation, Number(skip)];
    }),
  );
}

describe("pageLinks", () => {
  test("is written as RFC 8288 has it", () => {
    assert.equal(
      pageLinks(path, { skip: 20, limit: 20 }, 41n),
      '</api/v1/orders/?skip=0&limit=20>; rel="first", </api/v1/orders/?skip=0&limit=20>; rel="prev", ' +
        '</api/v1/orders/?skip=40&limit=20>; rel="next"',
    );
  });

  for (const [where, page, total, expected] of [
    ["nothing when all fits on one page", { skip: 0, limit: 20 }, 20n, {}],
    ["nothing when there is nothing", { skip: 0, limit: 20 }, 0n, {}],
    ["forward from the first page", { skip: 0, limit: 20 }, 21n, { next: 20 }],
    ["back from the last page", { skip: 20, limit: 20 }, 40n, { first: 0, prev: 0 }],
    ["back to the beginning, never before it", { skip: 5, limit: 20 }, 10n, { first: 0, prev: 0 }],
    ["back from beyond the end", { skip: 100, limit: 20 }, 10n, { first: 0, prev: 80 }],
  ] as const) {
    test(`leads ${where}`, () => assert.deepEqual(skips(pageLinks(path, page, total)), expected));
  }

  test("leads a client that follows next past every order once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 100 }), (total, limit) => {
        const pages: number[] = [];
        let skip: number | undefined = 0;
        while (skip !== undefined) {
          pages.push(skip);
          skip = skips(pageLinks(path, { skip, limit }, BigInt(total))).next;
        }
        assert.equal(pages.length, Math.max(1, Math.ceil(total / limit)));
        assert.deepEqual(
          pages,
          pages.map((_, index) => index * limit),
        );
      }),
    );
  });
});
