import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { customerDraft } from "../../test/support/given-customers.ts";
import { noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import type { Shoppers } from "../http/shopper.ts";
import { openSessions, openShoppers } from "../identity/index.ts";
import { billingRoutes } from "./billing-routes.ts";
import { mostCustomers } from "./customer.ts";
import type { BillingIdentityView } from "./customer-view.ts";

const path = "/api/store/customers";
const organization = randomUUID();
/** Users by the role that they have in the organization. */
const users = { owner: randomUUID(), admin: randomUUID(), member: randomUUID(), stranger: randomUUID() } as const;
type Role = keyof typeof users;

/** Knows users by a cookie that says who they are, and anonymous shoppers by the real one. */
function shoppersWithUsers(anonymous: Shoppers): Shoppers {
  return {
    async recognize(headers) {
      const [, id] = /^user=(.+)$/.exec(headers.cookie ?? "") ?? [];
      if (id === undefined) return anonymous.recognize(headers);
      const user = { id, name: "Ann", email: "ann@example.com", emailVerified: true };
      return { shopper: { kind: "user", owner: `user/${id}`, user }, setCookies: [] };
    },
    welcome: () => anonymous.welcome(),
  };
}

let database: TestDatabase;
let app: FastifyInstance;

before(async () => {
  database = await testDatabase();
  const { db } = database;
  const organizationsOf = async (_: unknown, userId: string) =>
    Object.entries(users)
      .filter(([role, id]) => id === userId && role !== "stranger")
      .map(([role]) => ({ organizationId: organization, role: role === "admin" ? "billing,admin" : role }));
  const cookies = { secret: "secret", secure: false };
  const sessions = openSessions({ db, clock: { now: () => noon } }, cookies);
  const visitors = openShoppers(db, {
    ...cookies,
    sessions,
    onSignedIn: () => Promise.reject(new Error("Nobody signs in.")),
  });
  const shoppers = shoppersWithUsers(visitors);
  const routes = billingRoutes({ db, clock: { now: () => noon }, organizationsOf });
  app = (await testServer((made) => void made.register(routes), { shoppers })).app;
});
after(() => database.close());

interface Asking {
  readonly cookie?: string | undefined;
  readonly payload?: object;
  readonly headers?: Record<string, string>;
}

async function send(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  url: string,
  { cookie, payload, headers }: Asking = {},
) {
  const sent = { ...(cookie === undefined ? {} : { cookie }), ...headers };
  return app.inject({ method, url, headers: sent, ...(payload ? { payload } : {}) });
}

const as = (role: Role) => `user=${users[role]}`;

/** A shopper without an account who made one billing identity. */
async function givenShopper() {
  const answer = await send("POST", path, { payload: customerDraft() });
  assert.equal(answer.statusCode, 201, answer.body);
  const [cookie = ""] = String(answer.headers["set-cookie"]).split(";");
  return { cookie, made: answer.json<BillingIdentityView>() };
}

async function idsOf(cookie: string, query = ""): Promise<string[]> {
  const answer = await send("GET", `${path}${query}`, { cookie });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json<{ data: BillingIdentityView[] }>().data.map(({ id }) => id);
}

describe("POST /api/store/customers", () => {
  test("makes a shopper of a stranger, whose it is from then on", async () => {
    const { cookie, made } = await givenShopper();
    assert.match(cookie, /^ANONYMOUS_USER_EXTERNAL_ID=/);
    assert.deepEqual(made, {
      id: made.id,
      organization_id: null,
      name: "Erika Mustermann",
      email: "erika@example.com",
      phone: null,
      company: null,
      tax_id: null,
      address: {
        line1: "Unter den Linden 1",
        line2: null,
        city: "Berlin",
        region: null,
        postal_code: "10117",
        country: "DE",
      },
      is_default: true,
      created_at: noon.toISOString(),
      updated_at: noon.toISOString(),
    });
    assert.deepEqual(await idsOf(cookie), [made.id]);
    const again = await send("POST", path, { cookie, payload: customerDraft() });
    assert.equal(again.headers["set-cookie"], undefined);
    assert.equal(again.json<BillingIdentityView>().is_default, false);
  });

  test("says everything that is wrong, sets no cookie and keeps nothing", async () => {
    const payload = customerDraft({ email: "x\r\nBcc: eve@example.com", address: { country: "US", postal_code: "1" } });
    const answer = await send("POST", path, { payload });
    assert.equal(answer.statusCode, 422);
    assert.equal(answer.headers["set-cookie"], undefined);
    const { code, errors } = answer.json<{ code: string; errors: { pointer: string }[] }>();
    assert.equal(code, "customer.invalid");
    assert.deepEqual(
      errors.map(({ pointer }) => pointer),
      ["/email", "/address/region", "/address/postal_code"],
    );
    const kept = await ask<{ count: bigint }>(
      database.db,
      "select count(*) from customers.customers where email like '%eve%'",
    );
    assert.equal(kept[0]?.count, 0n);
  });

  for (const [what, payload] of [
    ["no body", undefined],
    ["no address", { name: "Ann", email: "ann@example.com" }],
    ["a name that is a number", { ...customerDraft(), name: 7 }],
    ["a field that there is not", { ...customerDraft(), is_default: true }],
    ["a name without end", customerDraft({ name: "x".repeat(201) })],
    ["half a character", customerDraft({ name: "\ud800" })],
    ["an organization that is none", { ...customerDraft(), organization_id: "x" }],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const answer = await send("POST", path, {
        headers: { "content-type": "application/json" },
        ...(payload && { payload }),
      });
      assert.ok([400, 422].includes(answer.statusCode), answer.body);
    });
  }

  test("answers the same bytes to a key that comes again, and makes one", async () => {
    const { cookie } = await givenShopper();
    const asking = { cookie, payload: customerDraft({ name: "Max" }), headers: { "idempotency-key": "once" } };
    const first = await send("POST", path, asking);
    const again = await send("POST", path, asking);
    assert.equal(again.body, first.body);
    assert.equal(again.headers["idempotent-replayed"], "true");
    assert.equal((await idsOf(cookie)).length, 2);
    const other = await givenShopper();
    assert.notEqual((await send("POST", path, { ...asking, cookie: other.cookie })).body, first.body);
  });

  test("refuses a write from a page of another site", async () => {
    const headers = { origin: "https://evil.example", host: "shop.example" };
    assert.equal((await send("POST", path, { payload: customerDraft(), headers })).statusCode, 403);
  });

  test("keeps one for an organization when one of its owners or admins says so", async () => {
    const payload = { ...customerDraft(), organization_id: organization.toUpperCase() };
    for (const role of ["owner", "admin"] as const) {
      const answer = await send("POST", path, { cookie: as(role), payload });
      assert.equal(answer.statusCode, 201, answer.body);
      assert.equal(answer.json<BillingIdentityView>().organization_id, organization);
    }
    assert.equal(
      (await send("POST", path, { cookie: as("member"), payload })).json<{ code: string }>().code,
      "customer.role_missing",
    );
    for (const cookie of [as("stranger"), (await givenShopper()).cookie, undefined]) {
      const answer = await send("POST", path, { cookie, payload });
      assert.equal(answer.statusCode, 422);
      assert.equal(answer.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer, "/organization_id");
    }
    assert.equal((await idsOf(as("member"))).length, 2);
    assert.deepEqual(await idsOf(as("stranger")), []);
  });
});

describe("GET /api/store/customers", () => {
  test("shows nothing to a stranger, and makes no shopper of one", async () => {
    const answer = await send("GET", path);
    assert.deepEqual(answer.json(), { data: [], next_cursor: null });
    assert.equal(answer.headers["set-cookie"], undefined);
    assert.deepEqual(await idsOf("ANONYMOUS_USER_EXTERNAL_ID=forged.forged"), []);
  });

  test("lists each once over the pages, newest first", async () => {
    const { cookie, made } = await givenShopper();
    for (let count = 1; count < 5; count += 1) await send("POST", path, { cookie, payload: customerDraft() });
    const all = await idsOf(cookie);
    assert.equal(all.length, 5);
    assert.ok(all.includes(made.id));
    assert.deepEqual(all, [...all].sort().reverse());
    const paged: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const answer = await send("GET", `${path}?limit=2${cursor && `&cursor=${cursor}`}`, { cookie });
      const page = answer.json<{ data: BillingIdentityView[]; next_cursor: string | null }>();
      paged.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    assert.deepEqual(paged, all);
  });

  for (const query of ["?limit=101", "?limit=0", "?cursor=nonsense", "?country=DE"])
    test(`refuses ${query}`, async () => assert.equal((await send("GET", `${path}${query}`)).statusCode, 422));
});

describe("one billing identity", () => {
  test("is nobody's but its owner's, and others learn nothing of it", async () => {
    const { cookie, made } = await givenShopper();
    const eve = await givenShopper();
    for (const other of [eve.cookie, as("owner"), undefined]) {
      for (const [method, at] of [
        ["GET", ""],
        ["PATCH", ""],
        ["DELETE", ""],
        ["POST", "/default"],
      ] as const) {
        const payload = method === "PATCH" ? { payload: { name: "Eve" } } : {};
        const answer = await send(method, `${path}/${made.id}${at}`, { cookie: other, ...payload });
        assert.equal(answer.statusCode, 404, `${method} ${answer.body}`);
        assert.equal(answer.json<{ code: string }>().code, "customer.not_found");
        assert.equal(answer.headers["set-cookie"], undefined);
      }
    }
    assert.deepEqual((await send("GET", `${path}/${made.id}`, { cookie })).json(), made);
  });

  test("has a tag, by which it is read and changed once", async () => {
    const { cookie, made } = await givenShopper();
    const at = `${path}/${made.id}`;
    const read = await send("GET", at, { cookie });
    const tag = String(read.headers.etag);
    assert.equal((await send("GET", at, { cookie, headers: { "if-none-match": tag } })).statusCode, 304);
    const headers = { "if-match": tag };
    const revised = await send("PATCH", at, { cookie, payload: { name: "Max", address: { line2: "Hof" } }, headers });
    assert.equal(revised.statusCode, 200, revised.body);
    assert.deepEqual(revised.json(), { ...made, name: "Max", address: { ...made.address, line2: "Hof" } });
    for (const [method, url] of [
      ["PATCH", at],
      ["DELETE", at],
      ["POST", `${at}/default`],
    ] as const) {
      const payload = method === "PATCH" ? { payload: { name: "Eve" } } : {};
      assert.equal((await send(method, url, { cookie, headers, ...payload })).statusCode, 412);
    }
    const fresh = String((await send("GET", at, { cookie })).headers.etag);
    assert.equal((await send("DELETE", at, { cookie, headers: { "if-match": fresh } })).statusCode, 200);
    assert.equal((await send("GET", at, { cookie })).statusCode, 404);
  });

  test("is refused with pointers when its change cannot be right", async () => {
    const { cookie, made } = await givenShopper();
    const answer = await send("PATCH", `${path}/${made.id}`, { cookie, payload: { address: { country: "US" } } });
    assert.equal(answer.statusCode, 422);
    assert.deepEqual(answer.json<{ errors: object[] }>().errors, [
      { pointer: "/address/region", detail: "Is missing; addresses in US have one." },
    ]);
    for (const payload of [{}, { is_default: true }, { name: null }, { address: null }])
      assert.equal((await send("PATCH", `${path}/${made.id}`, { cookie, payload })).statusCode, 422);
  });

  test("becomes the default, and passes that on when it is deleted", async () => {
    const { cookie, made } = await givenShopper();
    const second = (await send("POST", path, { cookie, payload: customerDraft() })).json<BillingIdentityView>();
    const chosen = await send("POST", `${path}/${second.id}/default`, { cookie });
    assert.equal(chosen.json<BillingIdentityView>().is_default, true);
    assert.equal((await send("GET", `${path}/${made.id}`, { cookie })).json<BillingIdentityView>().is_default, false);
    const deleted = await send("DELETE", `${path}/${second.id}`, { cookie });
    assert.deepEqual(deleted.json(), chosen.json());
    assert.equal((await send("GET", `${path}/${made.id}`, { cookie })).json<BillingIdentityView>().is_default, true);
  });

  test("of an organization is seen by its members, and changed by owners and admins", async () => {
    const payload = { ...customerDraft(), organization_id: organization };
    const made = (await send("POST", path, { cookie: as("owner"), payload })).json<BillingIdentityView>();
    const at = `${path}/${made.id}`;
    assert.equal((await send("GET", at, { cookie: as("member") })).statusCode, 200);
    assert.equal((await send("DELETE", at, { cookie: as("member") })).statusCode, 403);
    const patched = await send("PATCH", at, {
      cookie: as("member"),
      payload: { name: "Eve" },
      headers: { "if-match": "*" },
    });
    assert.equal(patched.statusCode, 403);
    assert.equal((await send("PATCH", at, { cookie: as("admin"), payload: { name: "M" } })).statusCode, 200);
    assert.equal((await send("DELETE", at, { cookie: as("stranger") })).statusCode, 404);
    assert.equal((await send("DELETE", at, { cookie: as("admin") })).statusCode, 200);
  });

  for (const id of ["x", "0", randomUUID(), "019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f%20"])
    test(`is not there by the id ${id}`, async () => {
      const { cookie } = await givenShopper();
      const answer = await send("GET", `${path}/${id}`, { cookie });
      assert.equal(answer.statusCode, 404, answer.body);
    });
});

describe("64 requests of one shopper at once", () => {
  test("make as many billing identities, one of them the default, and no more than there may be", async () => {
    const { cookie } = await givenShopper();
    const answers = await Promise.all(
      Array.from({ length: 64 }, () => send("POST", path, { cookie, payload: customerDraft() })),
    );
    assert.deepEqual([...new Set(answers.map(({ statusCode }) => statusCode))], [201]);
    const more = await Promise.all(
      Array.from({ length: 64 }, () => send("POST", path, { cookie, payload: customerDraft() })),
    );
    const refused = more.filter(({ statusCode }) => statusCode === 409);
    assert.equal(refused.length, 65 + 64 - mostCustomers);
    assert.equal(refused[0]?.json<{ code: string }>().code, "customer.too_many");
    const { data } = (await send("GET", `${path}?limit=100`, { cookie })).json<{ data: BillingIdentityView[] }>();
    assert.equal(data.length, mostCustomers);
    assert.equal(data.filter(({ is_default: isDefault }) => isDefault).length, 1);
  });
});
