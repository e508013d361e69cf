import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { startTelling } from "../support/route-table.ts";
import { givenSite, type ServingProcess } from "../support/serve.ts";

const canary = "canary-4111111111111111";

/** What holds nothing of anybody's, and may be kept: a script, what is sold, and the pages, which ask for what they show. */
const keepable: readonly (readonly [RegExp, RegExp])[] = [
  [/^\/docs\/scalar\.js$/, /^public, max-age=\d+$/],
  [/^\/api\/store\/products(\/[^/]+)?$/, /^public, /],
  [/^\/(mails|orders|account|sandbox)(\/|$)|^\/(setup|sign-in)$/, /^no-cache$/],
];

/** Traces of the inside: places in the source, the driver, statements, and what only we know. */
const inside =
  /\bat .+:\d+:\d+|node:internal|node_modules|\.ts\b|\bselect\b.+\bfrom\b|\binsert into\b|\bSQLSTATE\b|violates|syntax error|postgres/i;

interface Heard {
  readonly what: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Sent = RequestInit & { readonly headers: Record<string, string> };

let server: ServingProcess;
const heard: Heard[] = [];

async function hear(method: string, path: string, sent: Sent): Promise<void> {
  // An answer may be a stream without end: what a good one says is no matter here.
  const response = await fetch(`${server.address}${path}`, { redirect: "manual", ...sent, method });
  const text = response.status < 400 ? "" : await response.text();
  if (response.status < 400) await response.body?.cancel();
  const { status, headers } = response;
  heard.push({ what: `${method} ${path} ${JSON.stringify(sent).slice(0, 200)}`, path, status, headers, text });
}

/** Ways to ask wrongly, each with what must not come back. */
function waysToAsk(method: string): Sent[] {
  const key = { authorization: `Bearer ${server.apiKey}` };
  const json = { ...key, "content-type": "application/json" };
  const asked: Sent[] = [
    { headers: {} },
    { headers: { accept: "text/html" } },
    { headers: { authorization: `Bearer ${canary}` } },
    { headers: { authorization: `Basic ${canary}` } },
    { headers: { ...key, "if-match": canary, "if-none-match": canary } },
  ];
  if (method === "GET") return asked;
  const bodies = ["", "{", "[]", "null", `{"${canary}":"${canary}"}`, `{"__proto__":"${canary}"}`, "[".repeat(1000)];
  return [
    ...asked,
    { headers: { ...key, "content-type": "text/plain" }, body: canary },
    { headers: { ...json, "content-encoding": "gzip" }, body: canary },
    { headers: { ...json, "idempotency-key": "x".repeat(300) }, body: "{}" },
    ...bodies.map((body) => ({ headers: json, body })),
  ];
}

const names = ["0", "999999999999", "00000000-0000-4000-8000-000000000000", "%27%20or%201=1--", "%00", "%ff"];

describe("whatever is answered", () => {
  before(async () => {
    const started = await startTelling(await givenSite(), { RATE_LIMIT_GUESSES: "0", LOG_LEVEL: "info" });
    ({ server } = started);
    for (const { method, path: address } of started.routes.filter((route) => route.method !== "HEAD")) {
      const paths = address.includes("/:") ? names.map((name) => address.replaceAll(/:\w+/g, name)) : [address];
      const ways = waysToAsk(method);
      await Promise.all(paths.map((path) => hear(method, path, ways.at(-1) as Sent)));
      const [path = address] = paths;
      await Promise.all(ways.map((sent) => hear(method, path, sent)));
      const key = { authorization: `Bearer ${server.apiKey}` };
      await hear(method, `${path}?${canary}=${canary}&limit=${canary}&cursor=${canary}`, { headers: key });
      await hear("PROPFIND", path, { headers: key });
    }
  });
  after(async () => assert.equal(await server.stop(), 0));

  test("is many answers, of every kind of refusal", () => {
    const statuses = new Set(heard.map(({ status }) => status));
    assert.ok(heard.length > 300, `${heard.length}`);
    for (const status of [200, 303, 400, 401, 404, 405, 415, 422]) assert.ok(statuses.has(status), `${status}`);
  });

  test("is never a fault of ours", () => {
    assert.deepEqual(
      heard.filter(({ status }) => status >= 500).map(({ what, status, text }) => `${what}: ${status} ${text}`),
      [],
    );
    assert.doesNotMatch(server.log(), /"level":(50|60)/);
  });

  test("sets no cookie but to shoppers, and nobody between may keep it", () => {
    for (const { what, path, status, headers } of heard) {
      const [address = ""] = path.split("?", 1);
      const [, allowed] = (status < 400 && keepable.find(([place]) => place.test(address))) || [];
      // A write makes a shopper of a stranger, and whoever signs out has the cookie taken away.
      const isShopping = status < 400 && address.startsWith("/api/store/") && allowed === undefined;
      if (!isShopping) assert.equal(headers.get("set-cookie"), null, what);
      assert.match(headers.get("cache-control") ?? "", allowed ?? /^private, no-store$/, what);
    }
  });

  test("is read as what it says it is, in nobody's frame", () => {
    for (const { what, headers } of heard) {
      assert.equal(headers.get("x-content-type-options"), "nosniff", what);
      assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'.*frame-ancestors 'none'/, what);
      assert.equal(headers.get("server"), null, what);
      assert.equal(headers.get("x-powered-by"), null, what);
      if (headers.get("content-type")?.startsWith("text/html")) {
        assert.equal(headers.get("referrer-policy"), "no-referrer", what);
        assert.equal(headers.get("x-frame-options"), "DENY", what);
      }
    }
  });

  test("is a registered problem when it is a refusal", async () => {
    const page = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
    const registered = new Set([...page.matchAll(/^\| `([a-z_.]+)` \| \d/gm)].map(([, code]) => code));
    for (const { what, status, headers, text } of heard.filter((one) => one.status >= 400)) {
      assert.match(headers.get("content-type") ?? "", /^application\/problem\+json/, what);
      const problem = JSON.parse(text) as Record<string, unknown>;
      assert.ok(registered.has(String(problem.code)), `${what}: ${problem.code}`);
      assert.equal(problem.type, `/problems/${problem.code}`, what);
      assert.equal(problem.status, status, what);
      assert.ok(problem.title && problem.detail && problem.request_id && problem.instance, what);
    }
  });

  test("tells nothing of the inside, and nothing that came with the key, the query or the head", () => {
    for (const { what, path, text } of heard.filter((one) => one.status >= 400)) {
      assert.doesNotMatch(text, inside, what);
      assert.ok(!text.includes(server.apiKey), what);
      const { instance } = JSON.parse(text) as { instance: string };
      assert.equal(instance, path.split("?", 1)[0], what);
      if (!/Content-Type|content-type/.test(what) && !path.includes("?")) assert.ok(!text.includes(canary), what);
    }
    assert.ok(!server.log().includes(canary) && !server.log().includes(server.apiKey));
  });
});
