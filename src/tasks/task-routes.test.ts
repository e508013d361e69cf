import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { givenOrder, noon } from "../../test/support/given-orders.ts";
import { givenTask } from "../../test/support/given-tasks.ts";
import { testServer } from "../../test/support/http-server.ts";
import { getOrderId, nameOrders, type OrderWithItems, orderNumber } from "../orders/index.ts";
import { taskRoutes } from "./task-routes.ts";

const clock = { now: () => noon };
const owner = { authorization: "Bearer owner" };
const absentOrder = 424_242n;

let database: TestDatabase;
let app: FastifyInstance;
let order: OrderWithItems;
const ids: string[] = [];

interface TaskBody {
  id: number;
  status: string;
  assignee: string | null;
}

before(async () => {
  database = await testDatabase();
  const { db } = database;
  app = (
    await testServer((made) => void made.register(taskRoutes({ db, clock }, { find: getOrderId, name: nameOrders })))
  ).app;
  order = await db.transaction((tx) => givenOrder(tx));
  await db.transaction(async (tx) => {
    for (let number = 1; number <= 25; number += 1) {
      const kind = number <= 20 ? "payment_mismatch" : "refund_failed";
      const orderId = number === 1 ? order.orderId : number === 2 ? absentOrder : null;
      ids.push(await givenTask(tx, { kind, cause: `cause ${number}`, orderId, detail: { number } }));
    }
  });
});
after(() => database.close());

async function get(path: string, headers: Record<string, string> = {}) {
  return app.inject({ url: `/api/v2/tasks${path}`, headers: { ...owner, ...headers } });
}

async function post(path: string, payload: object, headers: Record<string, string> = {}) {
  return app.inject({ method: "POST", url: `/api/v2/tasks${path}`, payload, headers: { ...owner, ...headers } });
}

async function list(query: string): Promise<{ data: TaskBody[]; next_cursor: string | null }> {
  const answer = await get(query);
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

const numbersOf = (tasks: TaskBody[]) => tasks.map(({ id }) => ids.indexOf(String(id)) + 1);

describe("GET /api/v2/tasks", () => {
  test("lists every task once over the pages, newest first", async () => {
    const first = await list("");
    const second = await list(`?cursor=${first.next_cursor}`);
    assert.equal(first.data.length, 20);
    assert.equal(second.next_cursor, null);
    assert.deepEqual(
      numbersOf([...first.data, ...second.data]),
      Array.from({ length: 25 }, (_, index) => 25 - index),
    );
  });

  test("finds the tasks of an order by each of its names, and shows what it is called", async () => {
    for (const name of [order.uid, orderNumber(order.orderId), String(order.orderId)]) {
      const { data } = await list(`?order=${name}&status=open`);
      assert.deepEqual(data, [
        {
          id: Number(ids[0]),
          kind: "payment_mismatch",
          status: "open",
          order: { id: order.uid, number: orderNumber(order.orderId) },
          cause: "cause 1",
          detail: { number: 1 },
          opened_at: noon.toISOString(),
          assignee: null,
          assigned_at: null,
          assigned_by: null,
          closed_at: null,
          closed_by: null,
          closed_reason: null,
        },
      ]);
    }
  });

  test("shows no order for a task about one that there is not", async () => {
    assert.equal((await get(`/${ids[1]}`)).json<{ order: unknown }>().order, null);
  });

  test("finds by kind, state and assignee together", async () => {
    await post(`/${ids[21]}/assign`, { assignee: "zoe" });
    await post(`/${ids[22]}/assign`, { assignee: "zoe" });
    await post(`/${ids[22]}/close`, { reason: "Done." });
    assert.deepEqual(numbersOf((await list("?assignee=zoe")).data), [23, 22]);
    assert.deepEqual(numbersOf((await list("?assignee=zoe&status=open&kind=refund_failed")).data), [22]);
    assert.deepEqual(numbersOf((await list("?kind=refund_failed&status=closed")).data), [23]);
    assert.deepEqual((await list("?kind=chargeback")).data, []);
  });

  for (const [query, status] of [
    ["?status=late", 422],
    ["?kind=nonsense", 422],
    ["?limit=101", 422],
    ["?cursor=nonsense", 422],
    ["?order=nonsense", 404],
    ["/0", 404],
    ["/x", 404],
    ["/9223372036854775808", 404],
  ] as const) {
    test(`answers ${status} to ${query}`, async () => assert.equal((await get(query)).statusCode, status));
  }
});

describe("POST /api/v2/tasks/{id}/assign and /close", () => {
  test("change the task, and its tag with it", async () => {
    const path = `/${ids[10]}`;
    const before = await get(path);
    const tag = String(before.headers.etag);
    assert.equal((await get(path, { "if-none-match": tag })).statusCode, 304);
    const assigned = await post(`${path}/assign`, { assignee: "ann" }, { "if-match": tag });
    assert.equal(assigned.statusCode, 200, assigned.body);
    assert.equal(assigned.json<TaskBody>().assignee, "ann");

    const stale = await post(`${path}/close`, { reason: "Done." }, { "if-match": tag });
    assert.equal(stale.statusCode, 412);
    assert.equal((await get(path)).json<TaskBody>().status, "open");
    const fresh = String((await get(path)).headers.etag);
    const closed = await post(`${path}/close`, { reason: "Done." }, { "if-match": fresh });
    assert.deepEqual(
      { ...closed.json<object>() },
      {
        ...assigned.json<object>(),
        status: "closed",
        closed_at: noon.toISOString(),
        closed_by: "owner",
        closed_reason: "Done.",
      },
    );
    assert.equal((await post(`${path}/assign`, { assignee: null })).statusCode, 409);
  });

  test("answer the same bytes to a key that comes again, and do nothing", async () => {
    const path = `/${ids[11]}/assign`;
    const key = { "idempotency-key": "assign-once" };
    const first = await post(path, { assignee: "ann" }, key);
    await post(path, { assignee: "bob" });
    const again = await post(path, { assignee: "ann" }, key);
    assert.equal(again.body, first.body);
    assert.equal(again.headers["idempotent-replayed"], "true");
    assert.equal((await get(`/${ids[11]}`)).json<TaskBody>().assignee, "bob");
    assert.equal((await post(path, { assignee: "cat" }, key)).statusCode, 422);
  });

  for (const [path, payload] of [
    ["assign", {}],
    ["assign", { assignee: "" }],
    ["assign", { assignee: "  " }],
    ["assign", { assignee: "x".repeat(101) }],
    ["assign", { assignee: 7 }],
    ["close", {}],
    ["close", { reason: " " }],
    ["close", { reason: null }],
    ["close", { reason: "x".repeat(501) }],
    ["close", { reason: "Done.", by: "eve" }],
  ] as const) {
    test(`refuse ${path} ${JSON.stringify(payload).slice(0, 30)}`, async () => {
      assert.equal((await post(`/${ids[12]}/${path}`, payload)).statusCode, 422);
      assert.equal((await get(`/${ids[12]}`)).json<TaskBody>().status, "open");
    });
  }

  test("answer 404 for a task that is not there", async () => {
    assert.equal((await post("/999999/assign", { assignee: "ann" })).statusCode, 404);
    assert.equal((await post("/999999/close", { reason: "Done." }, { "if-match": '"x"' })).statusCode, 404);
  });

  test("ask for a key that may", async () => {
    const reader = { authorization: "Bearer reader" };
    for (const path of ["", `/${ids[0]}`]) {
      assert.equal((await app.inject({ url: `/api/v2/tasks${path}` })).statusCode, 401);
      assert.equal((await get(path, reader)).statusCode, 403);
    }
    assert.equal((await post(`/${ids[0]}/assign`, { assignee: "eve" }, reader)).statusCode, 403);
    assert.equal((await post(`/${ids[0]}/close`, { reason: "Eve." }, reader)).statusCode, 403);
  });
});
