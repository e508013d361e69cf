import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { customerDraft, givenCustomer, newOwner } from "../../test/support/given-customers.ts";
import { noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import { findEntries } from "../audit/index.ts";
import { customerRoutes } from "./customer-routes.ts";
import type { CustomerView } from "./customer-view.ts";

const path = "/api/v2/customers";
const key = { authorization: "Bearer owner" };

let database: TestDatabase;
let app: FastifyInstance;

before(async () => {
  database = await testDatabase();
  const routes = customerRoutes({ db: database.db, clock: { now: () => noon } });
  app = (await testServer((made) => void made.register(routes))).app;
});
after(() => database.close());

async function send(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  url: string,
  { payload, headers }: { payload?: object; headers?: Record<string, string> } = {},
) {
  return app.inject({ method, url: `${path}${url}`, headers: { ...key, ...headers }, ...(payload ? { payload } : {}) });
}

async function create(owner: string, draft = customerDraft()): Promise<CustomerView> {
  const answer = await send("POST", "", { payload: { owner, ...draft } });
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json();
}

async function list(query: string): Promise<{ data: CustomerView[]; next_cursor: string | null }> {
  const answer = await send("GET", query);
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

async function actionsOn(id: string): Promise<string[]> {
  const { rows } = await findEntries(database.db, { subject: `customer/${id}` }, { limit: 10 });
  return rows.map(({ action, actor, detail }) => `${action} by ${actor}: ${JSON.stringify(detail)}`).reverse();
}

describe("/api/v2/customers", () => {
  test("keeps, changes and deletes for an owner, and says who did it without naming anybody", async () => {
    const owner = newOwner();
    const made = await create(owner);
    assert.equal(made.owner, owner);
    assert.equal(made.is_default, true);
    const second = await create(owner);
    const at = `/${second.id}`;
    const tag = String((await send("GET", at)).headers.etag);
    const revised = await send("PATCH", at, { payload: { email: "Max@EXAMPLE.com" }, headers: { "if-match": tag } });
    assert.equal(revised.json<CustomerView>().email, "Max@example.com");
    assert.equal((await send("DELETE", at, { headers: { "if-match": tag } })).statusCode, 412);
    assert.equal((await send("POST", `${at}/default`)).json<CustomerView>().is_default, true);
    assert.equal((await send("DELETE", at)).statusCode, 200);
    assert.equal((await send("GET", at)).statusCode, 404);
    assert.equal((await send("GET", `/${made.id}`)).json<CustomerView>().is_default, true);
    const detail = JSON.stringify({ owner });
    assert.deepEqual(await actionsOn(second.id), [
      `customer.created by owner: ${detail}`,
      `customer.revised by owner: ${detail}`,
      `customer.made_default by owner: ${detail}`,
      `customer.deleted by owner: ${detail}`,
    ]);
  });

  test("finds by owner, address and country together, newest first, page by page", async () => {
    const owner = newOwner("organization");
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const draft = customerDraft({ email: `Ann.${count % 2}@shop.example` });
      ids.unshift((await database.db.transaction((tx) => givenCustomer(tx, owner, draft))).customerId);
    }
    const french = customerDraft({ email: "ann.1@shop.example", address: { country: "FR", postal_code: "75001" } });
    const paris = await create(newOwner(), french);

    const idsIn = async (query: string) => (await list(query)).data.map(({ id }) => id);
    assert.deepEqual(await idsIn(`?owner=${owner}`), ids);
    assert.deepEqual(await idsIn("?email=ANN.1@SHOP.EXAMPLE"), [paris.id, ids[1], ids[3]].sort().reverse());
    assert.deepEqual(await idsIn("?email=ann.1@shop.example&country=FR"), [paris.id]);
    assert.deepEqual(await idsIn(`?email=ann.1@shop.example&country=DE&owner=${owner}`), [ids[1], ids[3]]);
    assert.deepEqual(await idsIn("?country=JP"), []);

    const first = await list(`?owner=${owner}&limit=2`);
    const second = await list(`?owner=${owner}&limit=2&cursor=${first.next_cursor}`);
    const third = await list(`?owner=${owner}&limit=2&cursor=${second.next_cursor}`);
    const paged = [first, second, third].flatMap(({ data }) => data.map(({ id }) => id));
    assert.deepEqual(paged, ids);
    assert.equal(third.next_cursor, null);
  });

  test("finds an address whose host is written in large letters", async () => {
    const { id } = await create(newOwner(), customerDraft({ email: "Ann@MÜLLER.example" }));
    const { data } = await list(`?email=${encodeURIComponent("ann@MüLLER.Example")}`);
    assert.deepEqual(
      data.map((one) => one.id),
      [id],
    );
  });

  test("shows those of shoppers without an account, and makes none for them", async () => {
    const owner = newOwner("anonymous");
    const { customerId } = await database.db.transaction((tx) => givenCustomer(tx, owner));
    assert.equal((await send("GET", `/${customerId}`)).json<CustomerView>().owner, owner);
    const answer = await send("POST", "", { payload: { owner, ...customerDraft() } });
    assert.equal(answer.statusCode, 422);
    assert.deepEqual(answer.json<{ errors: object[] }>().errors, [
      { pointer: "/owner", detail: "Must be user/ or organization/ and its UUID." },
    ]);
  });

  test("answers the same bytes to a key that comes again, and does nothing", async () => {
    const owner = newOwner();
    const asking = { payload: { owner, ...customerDraft() }, headers: { "idempotency-key": "create-once" } };
    const first = await send("POST", "", asking);
    const again = await send("POST", "", asking);
    assert.equal(again.body, first.body);
    assert.equal((await list(`?owner=${owner}`)).data.length, 1);
  });

  for (const [method, url, status] of [
    ["GET", "?limit=101", 422],
    ["GET", "?country=de", 422],
    ["GET", "?cursor=nonsense", 422],
    ["GET", "?name=Ann", 422],
    ["GET", "/x", 404],
    ["GET", `/${randomUUID()}`, 404],
    ["DELETE", `/${randomUUID()}`, 404],
    ["POST", `/${randomUUID()}/default`, 404],
    ["POST", "/x/default", 404],
  ] as const)
    test(`answers ${status} to ${method} ${url.replace(/[0-9a-f-]{36}/, "an unknown id")}`, async () => {
      assert.equal((await send(method, url)).statusCode, status);
    });

  test("asks for a key that may", async () => {
    const { id } = await create(newOwner());
    const reader = { authorization: "Bearer reader" };
    for (const [method, url] of [
      ["GET", ""],
      ["GET", `/${id}`],
      ["POST", ""],
      ["PATCH", `/${id}`],
      ["DELETE", `/${id}`],
      ["POST", `/${id}/default`],
    ] as const) {
      assert.equal((await app.inject({ method, url: `${path}${url}` })).statusCode, 401);
      assert.equal((await send(method, url, { headers: reader })).statusCode, 403);
    }
  });
});
