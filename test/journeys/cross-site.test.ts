import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Principal, Whose } from "../support/access-principals.ts";
import { askFor } from "../support/access-requests.ts";
import { expectedOf } from "../support/access-rules.ts";
import { type AccessSite, givenAccessSite } from "../support/access-site.ts";
import { accessTable, type Row } from "../support/access-table.ts";
import { nothing, owners, type Thing } from "../support/access-things.ts";
import { changingNothing } from "../support/changing-nothing.ts";
import { codeOf, hear, inLanes } from "../support/hear-answers.ts";
import { exchange } from "../support/http-server.ts";
import type { Answered } from "../support/serve.ts";

const trusted = "https://shop.example";
const shopHost = "127.0.0.1";

/** A write that browsers could be made to send with somebody's cookies. */
interface Write {
  readonly row: Row;
  readonly principal: Principal;
  readonly thing: Thing | undefined;
}

let access: AccessSite;
let writes: readonly Write[];

before(async () => {
  access = await givenAccessSite({ TRUSTED_ORIGINS: trusted });
  writes = accessTable.flatMap(writesOf);
});

/** Whose cookies a page could have sent. */
const browsers = ["visitor", "user", "organization's owner", "organization's invited", "staff owner"];

/** Every write that looks at cookies, by those of whom each may do it; left out is what is open, and needs none. */
function writesOf(row: Row): Write[] {
  const { access: needs, method, path } = row;
  const route = access.routes.find((one) => one.method === method && one.path === path);
  if (method === "GET" || route?.open) return [];
  const whoses: readonly (Whose | undefined)[] = "of" in needs ? owners[needs.of] : [undefined];
  const found = whoses.flatMap((whose) => {
    const thing = "of" in needs ? access.victims.get(`${needs.of} of ${whose}`) : undefined;
    const doers = access.principals.filter(
      (one) => browsers.includes(one.name) && expectedOf(row, one, whose) === "allowed",
    );
    return doers.map((principal) => ({ row, principal, thing }));
  });
  assert.ok(found.length > 0, `${method} ${path}`);
  return found;
}

/** How a page of somebody else looks to a server. */
function foreignHeads(): Record<string, string>[] {
  const { port } = new URL(access.server.address);
  return [
    { origin: "https://evil.example" },
    { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
    { origin: "null" },
    { origin: "null", "sec-fetch-site": "cross-site" },
    { origin: "" },
    { origin: "file://" },
    { origin: `http://${shopHost}` },
    { origin: `http://${shopHost}:${Number(port) + 1}` },
    { origin: `http://${shopHost}.evil.example:${port}` },
    { origin: `http://evil.example:${port}` },
    { origin: `${trusted}.evil.example` },
    { origin: "http://shop.example" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
}

interface Sending {
  readonly heads: readonly Record<string, string>[];
  isRight(answer: Answered): boolean;
  /** What is sent in place of JSON. */
  form?(body: unknown): string;
}

/** Sends everything with each of these heads; says what was answered in another way. */
async function sendAll(sent: readonly Write[], { heads, isRight, form }: Sending): Promise<string[]> {
  const all = sent.flatMap((write) => heads.map((head) => ({ ...write, head })));
  const faults = await inLanes(all, async ({ row, principal, thing, head }) => {
    const asked = askFor(row, access.requests, thing);
    const sentBody = form === undefined ? asked.body : form(asked.body);
    const answer = await hear(access.server, { ...asked, body: sentBody }, { ...principal.headers, ...head });
    const what = `${principal.name}: ${row.method} ${row.path} ${JSON.stringify(head)}`;
    return isRight(answer) ? [] : [`${what}: ${answer.status} ${answer.text.slice(0, 200)}`];
  });
  return faults.flat();
}

/** JSON as a form of text/plain has it, whose one field's name and value have a `=` between them. */
function formOf(body: unknown): string {
  return `${JSON.stringify({ ...(body as object), "": "" }).slice(0, -3)}="}`;
}

function isCrossSite(answer: Answered): boolean {
  return answer.status === 403 && codeOf(answer) === "http.cross_site" && answer.headers.getSetCookie().length === 0;
}

function isUnsupported(answer: Answered): boolean {
  return (
    answer.status === 415 && codeOf(answer) === "http.unsupported_type" && answer.headers.getSetCookie().length === 0
  );
}

describe("a page of another site", () => {
  test("writes nothing with anybody's cookies, whatever it is", async (t) => {
    const heads = foreignHeads();
    await changingNothing(access.site.db, async () =>
      assert.deepEqual(await sendAll(writes, { heads, isRight: isCrossSite }), []),
    );
    const routes = new Set(writes.map(({ row }) => row)).size;
    assert.ok(routes > 70, `${routes}`);
    t.diagnostic(`${routes} routes, ${writes.length} writes with ${heads.length} heads.`);
  });

  test("makes no shopper of somebody without cookies", async () => {
    const [nobody] = access.principals;
    const body = { price_id: access.things.priceId, quantity: 1 };
    const asked = { method: "POST", path: "/api/store/cart/lines", body };
    for (const head of foreignHeads()) {
      const answer = await hear(access.server, asked, { ...nobody?.headers, ...head });
      assert.ok(isCrossSite(answer), answer.text);
    }
  });

  test("has no form that is read, where no head says whose it is", async () => {
    const types = ["text/plain", "text/plain; charset=UTF-8", "application/x-www-form-urlencoded"];
    const upload = "multipart/form-data; boundary=x";
    const takesForms = ({ row: { path } }: Write) => path === "/api/v2/imports" || path.endsWith("/images");
    const heads = types.map((type) => ({ "content-type": type }));
    await changingNothing(access.site.db, async () => {
      for (const form of [formOf, () => ""]) {
        assert.deepEqual(await sendAll(writes, { heads, form, isRight: isUnsupported }), []);
        const others = { heads: [{ "content-type": upload }], form, isRight: isUnsupported };
        assert.deepEqual(
          await sendAll(
            writes.filter((write) => !takesForms(write)),
            others,
          ),
          [],
        );
      }
    });
  });

  test("is not taken for ours where no host is named, as HTTP/1.0 may", async () => {
    const port = Number(new URL(access.server.address).port);
    const visitor = access.principals.find(({ name }) => name === "visitor");
    const body = JSON.stringify({ price_id: access.things.priceId, quantity: 1 });
    for (const [version, ...hosts] of [["1.0"], ["1.0", "Host: "], ["1.1", "Host: "]]) {
      for (const origin of ["null", "file://", "https://evil.example"]) {
        const lines = [
          `POST /api/store/cart/lines HTTP/${version}`,
          ...hosts,
          `Origin: ${origin}`,
          `Cookie: ${visitor?.headers.cookie}`,
          "Connection: close",
          "Content-Type: application/json",
          `Content-Length: ${body.length}`,
        ];
        const answer = await exchange(port, `${lines.join("\r\n")}\r\n\r\n${body}`);
        assert.match(answer, /^HTTP\/1\.1 403 /, `${lines.join(", ")}`);
      }
    }
  });
});

describe("what is no page of another site", () => {
  const passes = (answer: Answered) => codeOf(answer) !== "http.cross_site" && answer.status < 500;
  const absent = ({ thing, ...write }: Write): Write => ({ ...write, thing: thing && nothing(thing) });

  test("is a page of ours, or of an origin that is trusted", async () => {
    const heads = [
      { origin: access.server.address },
      { origin: access.server.address, "sec-fetch-site": "same-origin" },
      { origin: trusted, "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "none" },
    ];
    const harmless = writes.filter(({ row }) => row.access.kind !== "scope" && !row.path.endsWith("/sign-out"));
    assert.deepEqual(await sendAll(harmless.map(absent), { heads, isRight: passes }), []);
  });

  test("is whoever brings a key, which no browser sends by itself", async () => {
    const principal = access.principals.find(({ name }) => name === "key for full") as Principal;
    const byKey = writes.filter(({ row }) => row.access.kind === "scope").map((write) => ({ ...write, principal }));
    assert.deepEqual(await sendAll(byKey, { heads: [{ origin: "https://evil.example" }], isRight: passes }), []);
  });
});
