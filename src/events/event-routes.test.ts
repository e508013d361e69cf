import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { testDatabase } from "../../test/support/database.ts";
import { givenEvent } from "../../test/support/given-events.ts";
import { buildServer } from "../http/build-server.ts";
import { takeLease } from "../platform/leases.ts";
import { appendEvents } from "./append-events.ts";
import { eventRoutes } from "./event-routes.ts";
import { numberEvents } from "./number-events.ts";

const principals: Record<string, string[]> = { reader: ["events:read"], stranger: ["orders:read"] };

describe("GET /api/v2/events", () => {
  let server: FastifyInstance;

  before(async () => {
    const { db } = await testDatabase();
    const lease = await takeLease(db, { name: "sequencer", holder: randomUUID(), seconds: 60 });
    assert.ok(lease);
    await db.transaction((tx) =>
      appendEvents(tx, [
        givenEvent(1n, 1, { type: "OrderCreated" }),
        givenEvent(1n, 2, { type: "OrderCancelled", fromStatus: "pending", toStatus: "cancelled" }),
        givenEvent(2n, 1, { type: "OrderCreated" }),
      ]),
    );
    await numberEvents(db, lease);
    server = await buildServer({
      title: "test",
      version: "0",
      logLevel: "silent",
      authenticate: async (headers) => {
        const name = String(headers["x-api-key"] ?? "");
        const scopes = principals[name];
        return scopes && { id: name, name, scopes };
      },
      ready: async () => ({ ok: true, checks: {} }),
    });
    await server.register(eventRoutes(db));
    await server.ready();
  });

  after(() => server.close());

  const get = (query: string, key = "reader") =>
    server.inject({ url: `/api/v2/events${query}`, headers: { "x-api-key": key } });

  test("answers the events from the beginning, and where to go on", async () => {
    const answer = await get("");
    assert.equal(answer.statusCode, 200, answer.body);
    const { data, next_after } = answer.json();
    assert.deepEqual(
      data.map(({ type, position }: { type: string; position: number }) => [type, position]),
      [
        ["OrderCreated", 1],
        ["OrderCancelled", 2],
        ["OrderStatusChanged", 2],
        ["OrderCreated", 3],
      ],
    );
    assert.deepEqual(data[0].data, { sequence: 1 });
    assert.equal(next_after, 3);
  });

  test("takes after and limit", async () => {
    const { data, next_after } = (await get("?after=2&limit=1")).json();
    assert.deepEqual([data.length, data[0].position, next_after], [1, 3, 3]);
  });

  test("answers an empty page when nothing is new", async () => {
    assert.deepEqual((await get("?after=3")).json(), { data: [], next_after: 3 });
  });

  test("refuses what is no position or no limit", async () => {
    const wrong = [
      "after=-1",
      "after=x",
      "after=1e1",
      "after=1234567890123456789",
      "limit=0",
      "limit=1001",
      "limit=01",
    ];
    for (const query of wrong) assert.equal((await get(`?${query}`)).statusCode, 422, query);
  });

  test("is for those who may read events", async () => {
    assert.equal((await get("", "stranger")).statusCode, 403);
    assert.equal((await get("", "nobody")).statusCode, 401);
  });
});
