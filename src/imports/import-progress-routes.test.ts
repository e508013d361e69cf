import assert from "node:assert/strict";
import { before, describe, type TestContext, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { ann, givenReady, readOrder } from "../../test/support/given-imports.ts";
import { noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import { type Db, openDb } from "../platform/db.ts";
import { silentLog } from "../platform/log.ts";
import { cancelImport } from "./cancel-import.ts";
import { importProgressRoutes, type WatchLimits } from "./import-progress-routes.ts";
import { startImport } from "./start-import.ts";
import { openImportWatch } from "./watch-imports.ts";

const everyMs = 20;
const drainMs = 5_000;
const clock = { now: () => new Date(noon.getTime() + 10_000) };
let db: Db;
let url: string;

before(async () => {
  const database = await testDatabase();
  ({ db, url } = database);
});

async function givenUid(): Promise<string> {
  const made = await db.transaction((tx) => givenReady(tx, [readOrder(1), readOrder(2)]));
  return made.uid;
}

async function given(limits: Partial<WatchLimits> = {}, watched = db) {
  const watch = openImportWatch({ db: watched, clock, log: silentLog, everyMs });
  const server = await testServer((app) => void app.register(importProgressRoutes({ db, clock, watch }, limits)));
  const { origin } = await server.listen();
  return { app: server.app, watch, at: (uid: string, what: string) => `${origin}/api/v2/imports/${uid}/${what}` };
}

const headers = { authorization: "Bearer owner" };

/** Listens, and keeps what is heard. */
async function listen(context: TestContext, address: string) {
  const gone = new AbortController();
  context.after(() => gone.abort());
  const answer = await fetch(address, { headers, signal: gone.signal });
  const state = { status: answer.status, text: "", ended: false, leave: () => gone.abort() };
  void (async () => {
    for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) state.text += piece;
  })()
    .catch(() => {})
    .finally(() => {
      state.ended = true;
    });
  return state;
}

describe("GET /api/v2/imports/{id}/progress", () => {
  test("tells how far it is", async () => {
    const { at } = await given();
    const uid = await givenUid();
    const answer = await fetch(at(uid, "progress"), { headers });
    assert.deepEqual(await answer.json(), {
      id: uid,
      status: "ready",
      paused: false,
      stage: null,
      bytes: 1_000,
      bytes_read: 1_000,
      rows_read: 2,
      orders_read: 2,
      orders_placed: 0,
      orders_rejected: 0,
      orders_duplicate: 0,
      orders_pending: 2,
      payments_asked: null,
      rate: null,
      seconds_left: null,
    });
  });

  test("knows no other import", async () => {
    const { at } = await given();
    for (const name of ["019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f", "7", "x"]) {
      for (const what of ["progress", "events"]) {
        assert.equal((await fetch(at(name, what), { headers })).status, 404);
      }
    }
  });
});

describe("GET /api/v2/imports/{id}/events", () => {
  test("tells what there is, what changes, and the end", async (context) => {
    const { at, watch } = await given();
    const uid = await givenUid();
    const client = await listen(context, at(uid, "events"));
    await eventually("it hears that it is ready", () => client.text.includes('event: progress\ndata: {"id"'));
    assert.match(client.text, /^:\n\n/);
    const before = client.text;
    await db.transaction((tx) => startImport(tx, { uid, by: ann }, clock.now()));
    await eventually("it hears that it runs", () => client.text.slice(before.length).includes('"status":"running"'));
    await db.transaction((tx) => cancelImport(tx, { uid, by: ann }, clock.now()));
    await eventually("it ends", () => client.ended);
    const last = client.text.trimEnd().split("\n\n").at(-1) ?? "";
    assert.match(last, /^event: end\ndata: .*"status":"cancelled"/);
    await eventually("nobody watches", () => watch.watchers === 0);
  });

  test("of an import that is over ends at once", async (context) => {
    const { at } = await given();
    const uid = await givenUid();
    await db.transaction((tx) => cancelImport(tx, { uid, by: ann }, clock.now()));
    const client = await listen(context, at(uid, "events"));
    await eventually("it ends by itself", () => client.ended);
    assert.match(client.text, /event: end/);
  });

  test("says that it lives when nothing happens", async (context) => {
    const { at } = await given({ quietMs: 30 });
    const client = await listen(context, at(await givenUid(), "events"));
    await eventually("it is quiet, and there", () => (client.text.match(/^:$/gm) ?? []).length > 3);
    assert.equal((client.text.match(/^event/gm) ?? []).length, 1);
  });

  test("is read once for all who watch, and not at all when nobody does", async (context) => {
    const counted = openDb({ url, applicationName: "orderwell test counting" });
    context.after(() => counted.close());
    let asked = 0;
    const counting: Db = {
      ...counted,
      run: (text, params) => {
        asked += 1;
        return counted.run(text, params);
      },
    };
    const { at, watch } = await given({}, counting);
    const uid = await givenUid();
    const clients = [];
    for (let client = 0; client < 5; client += 1) clients.push(await listen(context, at(uid, "events")));
    await eventually("all watch", () => watch.watchers === 5);
    const from = asked;
    await eventually("it was read five times", () => asked >= from + 5);
    assert.ok(clients.every(({ text }) => (text.match(/^event/gm) ?? []).length === 1));
    for (const client of clients) client.leave();
    await eventually("nobody watches any more", () => watch.watchers === 0);
    const rested = asked;
    await new Promise((resolve) => setTimeout(resolve, 5 * everyMs));
    assert.ok(asked <= rested + 1);
  });

  test("has no place for more than it can serve", async (context) => {
    const { at } = await given({ watchers: 1 });
    const uid = await givenUid();
    const first = await listen(context, at(uid, "events"));
    await eventually("the first watches", () => first.text !== "");
    const answer = await fetch(at(uid, "events"), { headers });
    assert.equal(answer.status, 503);
    assert.ok(answer.headers.get("retry-after"));
    assert.equal(((await answer.json()) as { code: string }).code, "import.too_many_watchers");
  });

  test("ends when the server drains, and after its longest time", async (context) => {
    const { at, app } = await given();
    const uid = await givenUid();
    const client = await listen(context, at(uid, "events"));
    await eventually("it listens", () => client.text !== "");
    await app.drain(drainMs);
    await eventually("it has ended", () => client.ended);
    const short = await given({ longestMs: 50 });
    const other = await listen(context, short.at(uid, "events"));
    await eventually("it was told to come again", () => other.ended);
  });

  test("goes on when the database was away", async (context) => {
    const { at } = await given();
    const uid = await givenUid();
    const client = await listen(context, at(uid, "events"));
    await eventually("it hears", () => client.text.includes("event: progress"));
    await ask(
      db,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    await eventually("the database is there again", async () => {
      await db.transaction((tx) => cancelImport(tx, { uid, by: ann }, clock.now()));
      return true;
    });
    await eventually("it hears the end", () => client.text.includes("event: end"));
  });
});
