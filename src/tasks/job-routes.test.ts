import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { ask } from "../../test/support/ask.ts";
import { type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { givenOrder, noon } from "../../test/support/given-orders.ts";
import { givenFailedJob } from "../../test/support/given-tasks.ts";
import { testServer } from "../../test/support/http-server.ts";
import { getOrderId, nameOrders, type OrderWithItems, orderNumber } from "../orders/index.ts";
import { jobRoutes } from "./job-routes.ts";

const clock = { now: () => noon };
const owner = { authorization: "Bearer owner" };

let database: TestDatabase;
let app: FastifyInstance;
let order: OrderWithItems;

interface JobBody {
  id: number;
  name: string;
  status: string;
  tries: number;
}

before(async () => {
  database = await testDatabase();
  const { db } = database;
  app = (
    await testServer(
      (made) => void made.register(jobRoutes({ db, clock, jobs: [] }, { find: getOrderId, name: nameOrders })),
    )
  ).app;
  order = await db.transaction((tx) => givenOrder(tx));
});
after(() => database.close());

function failed(name: string, payload: object, error?: string): Promise<string> {
  return database.db.transaction((tx) => givenFailedJob(tx, name, payload, error));
}

const get = (path: string, headers: Record<string, string> = {}) =>
  app.inject({ url: `/api/v2/jobs${path}`, headers: { ...owner, ...headers } });
const post = (path: string, payload: object | undefined, headers: Record<string, string> = {}) =>
  app.inject({
    method: "POST",
    url: `/api/v2/jobs${path}`,
    headers: { ...owner, ...headers },
    ...(payload && { payload }),
  });

describe("GET /api/v2/jobs", () => {
  test("shows why a job was given up and what it is about, and nothing of a person", async () => {
    const payload = { orderId: String(order.orderId), kind: "order_shipped", to: "ann@example.com" };
    const id = await failed("made-up", payload, "550 <ann@example.com> unknown\n    at send");
    const answer = await get("?status=failed&name=made-up");
    assert.equal(answer.statusCode, 200, answer.body);
    const [{ run_at, created_at, ...job }] = answer.json<{ data: [Record<string, unknown>] }>().data;
    assert.ok(run_at && created_at);
    assert.deepEqual(job, {
      id: Number(id),
      name: "made-up",
      status: "failed",
      order: { id: order.uid, number: orderNumber(order.orderId) },
      payload: { orderId: String(order.orderId), kind: "order_shipped" },
      tries: 25,
      max_tries: 25,
      error: "550 <(address)> unknown",
      key: null,
      queue: null,
      started_at: null,
    });
    assert.ok(!answer.body.includes("ann@"));
  });

  test("tells waiting, running and failed jobs apart, over pages", async () => {
    const named = [await failed("sorted", {}), await failed("sorted", {}), await failed("sorted", {})];
    const { db } = database;
    const jobs = "update graphile_worker._private_jobs set";
    await ask(db, `${jobs} attempts = 1 where id = $1::bigint`, [named[0] ?? ""]);
    await ask(db, `${jobs} locked_at = now(), locked_by = 'p' where id = $1::bigint`, [named[1] ?? ""]);
    for (const [index, status] of ["waiting", "running", "failed"].entries()) {
      const { data } = (await get(`?name=sorted&status=${status}`)).json<{ data: JobBody[] }>();
      assert.deepEqual(
        data.map((job) => [String(job.id), job.status]),
        [[named[index], status]],
      );
    }
    const first = (await get("?name=sorted&limit=2")).json<{ data: JobBody[]; next_cursor: string }>();
    const second = (await get(`?name=sorted&limit=2&cursor=${first.next_cursor}`)).json<{ data: JobBody[] }>();
    assert.deepEqual(
      [...first.data, ...second.data].map(({ id }) => String(id)),
      named.toReversed(),
    );
  });

  test("refuses what is no question, and knows no job that is done", async () => {
    for (const query of ["?status=dead", "?limit=0", "?cursor=nonsense"])
      assert.equal((await get(query)).statusCode, 422, query);
    for (const id of ["0", "x", "999999", "9223372036854775808"]) assert.equal((await get(`/${id}`)).statusCode, 404);
  });
});

describe("POST /api/v2/jobs/{id}/retry and /discard", () => {
  test("have a job tried again, once for a key", async () => {
    const id = await failed("made-up", {});
    const tag = String((await get(`/${id}`)).headers.etag);
    const key = { "idempotency-key": "retry-once", "if-match": tag };
    const first = await post(`/${id}/retry`, undefined, key);
    assert.equal(first.statusCode, 200, first.body);
    assert.deepEqual([first.json<JobBody>().status, first.json<JobBody>().tries], ["waiting", 0]);
    const again = await post(`/${id}/retry`, undefined, key);
    assert.deepEqual([again.body, again.headers["idempotent-replayed"]], [first.body, "true"]);
    assert.equal((await post(`/${id}/retry`, undefined, { "if-match": tag })).statusCode, 412);
    assert.equal((await post(`/${id}/discard`, { reason: "No more." })).statusCode, 409);
  });

  test("take a job away with a reason", async () => {
    const id = await failed("made-up", {});
    assert.equal((await post(`/${id}/discard`, {})).statusCode, 422);
    assert.equal((await post(`/${id}/discard`, { reason: " " })).statusCode, 422);
    const discarded = await post(`/${id}/discard`, { reason: "Done by hand." });
    assert.equal(discarded.statusCode, 200, discarded.body);
    assert.equal(discarded.json<JobBody>().status, "discarded");
    assert.equal((await get(`/${id}`)).statusCode, 404);
    assert.equal((await post(`/${id}/discard`, { reason: "Again." })).statusCode, 404);
  });

  test("ask for a key that may", async () => {
    const id = await failed("made-up", {});
    const reader = { authorization: "Bearer reader" };
    assert.equal((await app.inject({ url: "/api/v2/jobs" })).statusCode, 401);
    for (const path of ["", `/${id}`]) assert.equal((await get(path, reader)).statusCode, 403);
    assert.equal((await post(`/${id}/retry`, undefined, reader)).statusCode, 403);
    assert.equal((await post(`/${id}/discard`, { reason: "Eve." }, reader)).statusCode, 403);
    assert.equal((await get(`/${id}`)).json<JobBody>().status, "failed");
  });
});
