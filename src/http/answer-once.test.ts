import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { testDatabase } from "../../test/support/database.ts";
import { exchange, testServer } from "../../test/support/http-server.ts";
import { change, one, type Sql, type Tx } from "../platform/db.ts";
import { refusal } from "../platform/errors.ts";
import { answerOnce, sendAnswer } from "./answer-once.ts";
import { writeJson } from "./write-json.ts";

const noteWork = change<Tx, { name: string }>("http_test.note_work", "insert into worked (name) values (:name)");
const countWork = one<Sql, { name: string }, { count: bigint }>(
  "http_test.count_work",
  "select count(*) from worked where name = :name",
);
const createWorked = change<Sql, Record<string, never>>("http_test.create_worked", "create table worked (name text)");
const refused = refusal<object>("test.refused", "conflict", () => "Not today.");
const clock = { now: () => new Date("2026-11-23T12:00:00Z") };

const database = await testDatabase();
await createWorked(database.db, {});
let refusing = false;
let works = 0;

function routes(app: FastifyInstance): void {
  app.post("/notes/:name", { config: { scope: "orders:write" } }, async (request, reply) => {
    const { name } = request.params as { name: string };
    const answer = await answerOnce(database.db, request, clock, async (tx) => {
      await noteWork(tx, { name });
      if (refusing) throw refused({});
      works += 1;
      return { status: 201, body: writeJson({ name, works }) };
    });
    return sendAnswer(reply, answer);
  });
  app.post("/anybody", { config: { open: true } }, async (request, reply) => {
    works += 1;
    const work = async () => ({ status: 200, body: writeJson({ works }) });
    return sendAnswer(reply, await answerOnce(database.db, request, clock, work));
  });
}

const server = await testServer(routes);

interface Ask {
  readonly as?: string;
  readonly key?: string;
  readonly body?: object;
}

function note(name: string, { as = "writer", key, body = {} }: Ask = {}) {
  const headers = { authorization: `Bearer ${as}`, ...(key === undefined ? {} : { "idempotency-key": key }) };
  return server.app.inject({ method: "POST", url: `/notes/${name}`, headers, payload: body });
}

async function worked(name: string): Promise<bigint> {
  return (await countWork(database.db, { name })).count;
}

describe("answerOnce", () => {
  test("does each request without a key", async () => {
    await note("free");
    assert.equal((await note("free")).headers["idempotent-replayed"], undefined);
    assert.equal(await worked("free"), 2n);
  });

  test("gives the same bytes again and does nothing", async () => {
    const first = await note("twice", { key: "k1" });
    const second = await note("twice", { key: "k1" });
    assert.equal(first.statusCode, 201);
    assert.equal(first.headers["idempotent-replayed"], undefined);
    assert.equal(second.statusCode, 201);
    assert.equal(second.headers["idempotent-replayed"], "true");
    assert.equal(second.body, first.body);
    assert.equal(second.headers["content-type"], first.headers["content-type"]);
    assert.equal(await worked("twice"), 1n);
  });

  test("knows another body and another address for another request", async () => {
    await note("other", { key: "k2", body: { a: 1 } });
    for (const answer of [
      await note("other", { key: "k2", body: { a: 2 } }),
      await note("else", { key: "k2", body: { a: 1 } }),
    ]) {
      assert.equal(answer.statusCode, 422);
      assert.equal(answer.json().code, "http.idempotency_key_reused");
    }
    assert.equal(await worked("other"), 1n);
    assert.equal(await worked("else"), 0n);
  });

  test("knows the same request with and without the slash at the end of its address", async () => {
    await note("slash", { key: "k7" });
    assert.equal((await note("slash/", { key: "k7" })).headers["idempotent-replayed"], "true");
  });

  test("keeps principals apart", async () => {
    await note("apart", { key: "k3" });
    assert.equal((await note("apart", { key: "k3", as: "owner" })).headers["idempotent-replayed"], undefined);
    assert.equal(await worked("apart"), 2n);
  });

  test("replays to nobody who may not ask", async () => {
    await note("guarded", { key: "k4" });
    assert.equal((await note("guarded", { key: "k4", as: "reader" })).statusCode, 403);
    assert.equal((await note("guarded", { key: "k4", as: "nobody" })).statusCode, 401);
  });

  test("keeps nothing of a refusal", async () => {
    refusing = true;
    const first = await note("later", { key: "k5" });
    refusing = false;
    assert.equal(first.statusCode, 409);
    assert.equal((await note("later", { key: "k5" })).statusCode, 201);
    assert.equal(await worked("later"), 1n);
  });

  test("lets one of many that come at once do the work", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => note("race", { key: "k6" })));
    assert.equal(await worked("race"), 1n);
    assert.deepEqual([...new Set(answers.map(({ body }) => body))].length, 1);
    assert.equal(answers.filter((answer) => answer.headers["idempotent-replayed"] === undefined).length, 1);
  });

  const keys: [string, string, number][] = [
    ["one character", "k", 201],
    ["a quote", "it's", 201],
    ["255 characters", "k".repeat(255), 201],
    ["256 characters", "k".repeat(256), 400],
    ["10,000 characters", "k".repeat(10_000), 400],
    ["nothing", "", 400],
    ["a letter that is not ASCII", "schlüssel", 400],
    ["a tab", "a\tb", 400],
  ];
  for (const [name, key, status] of keys) {
    test(`answers ${status} to a key of ${name}`, async () => {
      assert.equal((await note("keys", { key })).statusCode, status);
    });
  }

  test("refuses two keys", async () => {
    const { origin } = await server.listen();
    const headers = new Headers({ authorization: "Bearer writer", "idempotency-key": "a" });
    headers.append("idempotency-key", "b");
    // fetch joins them into one value, as any client may; that is one key with a comma.
    assert.equal((await fetch(`${origin}/notes/two`, { method: "POST", headers })).status, 201);
    const sent = "POST /notes/two HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer writer\r\nConnection: close\r\n";
    const answer = await exchange(
      Number(new URL(origin).port),
      `${sent}Idempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1.1 400/);
  });

  test("keeps nothing under a key that anybody could send", async () => {
    const ask = { method: "POST", url: "/anybody", headers: { "idempotency-key": "shared" } } as const;
    assert.notEqual((await server.app.inject(ask)).body, (await server.app.inject(ask)).body);
  });
});
