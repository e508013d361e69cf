import assert from "node:assert/strict";
import { connect } from "node:net";
import { before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { testServer } from "../../test/support/http-server.ts";
import { declareRaces } from "../platform/races.ts";

describe("a client that goes away in the middle of its body", () => {
  test("is not taken for a database that did", async () => {
    const steps: (string | number)[] = [];
    const { lines, listen } = await testServer((server) => {
      server.post("/orders", { config: { scope: "orders:write" } }, async () => "placed");
      server.addHook("preParsing", async () => void steps.push("body"));
      server.addHook("onSend", async (_request, reply) => void steps.push(reply.statusCode));
    });
    const { port } = await listen();
    const socket = connect(port, "127.0.0.1");
    socket.write("POST /orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer writer\r\n");
    socket.write('Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"customer');
    await eventually("the body is read", () => steps.length === 1);
    socket.destroy();
    await eventually("the request ends", () => steps.length === 2);
    assert.deepEqual(steps, ["body", 400]);
    assert.deepEqual(lines, []);
  });
});

describe("a transaction that others got in the way of at each of its tries", () => {
  const statements = {
    deadlock: "do $$ begin raise exception 'deadlock detected' using errcode = '40P01'; end $$",
    serialization: "do $$ begin raise exception 'could not serialize access' using errcode = '40001'; end $$",
    race: "insert into public.cups (name, colour) values ('tea', 'blue')",
    violation: "insert into public.cups (name, colour) values ('coffee', 'red')",
  };
  const runs = new Map<string, number>();
  let app: FastifyInstance;
  let lines: string[];

  before(async () => {
    const { db } = await testDatabase();
    await ask(db, "create table public.cups (name text constraint cups_once unique, colour text unique)");
    await ask(db, "insert into public.cups (name, colour) values ('tea', 'red')");
    declareRaces(["cups_once"]);
    ({ app, lines } = await testServer((server) => {
      for (const [what, statement] of Object.entries(statements))
        server.post(`/${what}`, { config: { open: true } }, () =>
          db.transaction((tx) => {
            runs.set(what, (runs.get(what) ?? 0) + 1);
            return ask(tx, statement);
          }),
        );
    }));
  });

  for (const [what, tries] of [
    ["deadlock", 3],
    ["serialization", 3],
    ["race", 8],
  ] as const)
    test(`is worth asking for again: ${what}`, async () => {
      lines.length = 0;
      const answer = await app.inject({ method: "POST", url: `/${what}` });
      assert.deepEqual([answer.statusCode, answer.json().code], [503, "http.unavailable"]);
      assert.equal(answer.headers["retry-after"], "1");
      assert.equal(runs.get(what), tries);
      assert.match(lines.join(), /"level":40.*"unavailable"/);
    });

  test("is told from a violation at a constraint that nobody runs for", async () => {
    const answer = await app.inject({ method: "POST", url: "/violation" });
    assert.deepEqual([answer.statusCode, answer.json().code], [500, "http.unexpected"]);
    assert.equal(answer.headers["retry-after"], undefined);
  });
});
