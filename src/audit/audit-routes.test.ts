import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf, type TestDatabase, testDatabase } from "../../test/support/database.ts";
import { testServer } from "../../test/support/http-server.ts";
import { auditRoutes } from "./audit-routes.ts";
import { findEntries } from "./find-entries.ts";
import { recordAction } from "./record-action.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");
const ann = { actor: "key-1", name: "Ann", requestId: "r-1" };
const cli = { actor: "cli", name: "operator command", requestId: null };
const owner = { authorization: "Bearer owner" };

let database: TestDatabase;
let app: FastifyInstance;

interface ListBody {
  data: { id: number; actor: string; action: string; subject: string }[];
  next_cursor: string | null;
}

before(async () => {
  database = await testDatabase();
  app = (await testServer((made) => void made.register(auditRoutes(database.db)))).app;
  await database.db.transaction(async (tx) => {
    for (let number = 1; number <= 25; number += 1) {
      const action = number % 2 === 0 ? "task.closed" : "task.assigned";
      const by = number <= 5 ? cli : ann;
      await recordAction(tx, { by, action, subject: `task/${number % 10}`, detail: { number } }, noon);
    }
  });
});
after(() => database.close());

async function list(query: string): Promise<ListBody> {
  const answer = await app.inject({ url: `/api/v2/audit${query}`, headers: owner });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json<ListBody>();
}

describe("GET /api/v2/audit", () => {
  test("lists every entry once over the pages, newest first", async () => {
    const first = await list("");
    const second = await list(`?cursor=${first.next_cursor}`);
    assert.equal(first.data.length, 20);
    assert.equal(second.next_cursor, null);
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    assert.deepEqual(
      ids,
      Array.from({ length: 25 }, (_, index) => 25 - index),
    );
  });

  test("shows who, what, on what, at which request, when and why", async () => {
    const [entry] = (await list("?subject=task/7&actor=key-1&limit=1")).data;
    assert.deepEqual(entry, {
      id: 17,
      at: noon.toISOString(),
      actor: "key-1",
      actor_name: "Ann",
      action: "task.assigned",
      subject: "task/7",
      request_id: "r-1",
      detail: { number: 17 },
    });
  });

  for (const [query, ids] of [
    ["?actor=cli", [5, 4, 3, 2, 1]],
    ["?actor=cli&action=task.closed", [4, 2]],
    ["?subject=task/3", [23, 13, 3]],
    ["?subject=task/3&actor=cli&action=task.assigned", [3]],
    ["?action=key.created", []],
  ] as const) {
    test(`finds ${ids.length} entries by ${query}`, async () => {
      assert.deepEqual(
        (await list(query)).data.map(({ id }) => id),
        ids,
      );
    });
  }

  for (const query of ["?limit=0", "?limit=101", "?cursor=nonsense", "?who=ann", `?actor=${"x".repeat(101)}`]) {
    test(`refuses ${query.slice(0, 20)}`, async () => {
      const answer = await app.inject({ url: `/api/v2/audit${query}`, headers: owner });
      assert.equal(answer.statusCode, 422, answer.body);
    });
  }

  test("asks for a key that may read it", async () => {
    const reader = { authorization: "Bearer reader" };
    assert.equal((await app.inject({ url: "/api/v2/audit" })).statusCode, 401);
    assert.equal((await app.inject({ url: "/api/v2/audit", headers: reader })).statusCode, 403);
  });
});

describe("recordAction", () => {
  test("keeps entries that nobody can edit or take away", async () => {
    for (const edit of [
      "update audit.entries set actor = 'eve'",
      "delete from audit.entries",
      "truncate audit.entries",
    ])
      await assert.rejects(ask(database.db, edit), /append-only/);
    assert.equal((await list("?limit=100")).data.length, 25);
  });

  test(
    "takes one statement, as does a page of any choice of filters",
    inTx(async (tx) => {
      const entry = { by: ann, action: "task.closed", subject: "task/1", detail: {} };
      assert.deepEqual(await statementsOf(tx, (watched) => recordAction(watched, entry, noon)), ["audit.insert_entry"]);
      assert.deepEqual(await statementsOf(tx, (watched) => findEntries(watched, { action: "a" }, { limit: 1 })), [
        "audit.list_entries_by_action",
      ]);
    }),
  );
});
