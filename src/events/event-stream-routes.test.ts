import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { givenEvent } from "../../test/support/given-events.ts";
import { exchange, testServer } from "../../test/support/http-server.ts";
import type { Db } from "../platform/db.ts";
import { type Lease, takeLease } from "../platform/leases.ts";
import { silentLog } from "../platform/log.ts";
import { appendEvents } from "./append-events.ts";
import { eventStreamRoutes, type StreamLimits } from "./event-stream-routes.ts";
import { numberEvents } from "./number-events.ts";
import { openFeedTail } from "./open-feed-tail.ts";

const reader = { authorization: "Bearer owner" };

interface Heard {
  readonly id: string | undefined;
  readonly type: string | undefined;
  readonly position: number;
  readonly sequence: number;
}

/** What a client hears, message by message, as the standard cuts a stream. */
function listen(context: TestContext, url: string, headers: Record<string, string> = {}) {
  const heard: Heard[] = [];
  const gone = new AbortController();
  const state = { heard, comments: 0, status: 0, ended: false, leave: () => gone.abort() };
  context.after(() => gone.abort());
  void (async () => {
    const answer = await fetch(url, { headers: { ...reader, ...headers }, signal: gone.signal });
    state.status = answer.status;
    let text = "";
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const messages = text.split("\n\n");
      text = messages.pop() ?? "";
      for (const message of messages) {
        if (message.startsWith(":")) state.comments += 1;
        else heard.push(parse(message));
      }
    }
    state.ended = true;
  })().catch(() => {
    state.ended = true;
  });
  return state;
}

function parse(message: string): Heard {
  const fields = Object.fromEntries(message.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
  const { position, sequence } = JSON.parse(fields.data ?? "");
  return { id: fields.id, type: fields.event, position, sequence };
}

async function given(limits: Partial<StreamLimits> = {}, kept = 2_000) {
  const { db } = await testDatabase();
  const lease = (await takeLease(db, { name: "sequencer", holder: randomUUID(), seconds: 600 })) as Lease;
  const tail = openFeedTail({ db, log: silentLog, kept });
  const server = await testServer((app) => void app.register(eventStreamRoutes(tail, limits)));
  const { origin, port } = await server.listen();
  return { db, lease, tail, app: server.app, port, url: `${origin}/api/v2/events/stream` };
}

async function happen(db: Db, lease: Lease, sequences: readonly number[]): Promise<void> {
  const events = sequences.map((sequence) => givenEvent(1n, sequence));
  await db.transaction((tx) => appendEvents(tx, events));
  await numberEvents(db, lease);
}

function upTo(count: number, from = 1): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

describe("GET /api/v2/events/stream", () => {
  test("tells what is there behind a position, and then what happens, once and in order", async (context) => {
    const { db, lease, url } = await given();
    await happen(db, lease, upTo(5));
    const client = listen(context, `${url}?after=2`);
    await eventually("three are heard", () => client.heard.length === 3);
    await happen(db, lease, upTo(250, 6));
    await eventually("all are heard", () => client.heard.length === 253);
    assert.deepEqual(
      client.heard.map((event) => event.position),
      upTo(253, 3),
    );
  });

  test("begins with what comes from now on when nothing else is asked for", async (context) => {
    const { db, lease, url } = await given();
    await happen(db, lease, [1, 2]);
    const client = listen(context, url);
    await eventually("it listens", () => client.comments === 1);
    await happen(db, lease, [3]);
    await eventually("it hears", () => client.heard.length > 0);
    assert.deepEqual(client.heard, [{ id: "3", type: "OrderNoted", position: 3, sequence: 3 }]);
  });

  test("says where it begins, for a client that hears nothing before it breaks off", async (context) => {
    const { db, lease, url } = await given();
    await happen(db, lease, upTo(4));
    const gone = new AbortController();
    context.after(() => gone.abort());
    const answer = await fetch(url, { headers: reader, signal: gone.signal });
    const start = await answer.body?.pipeThrough(new TextDecoderStream()).getReader().read();
    assert.equal(start?.value, ":\nid: 4\n\n");
  });

  test("goes on behind the last id that a client has", async (context) => {
    const { db, lease, url } = await given();
    await happen(db, lease, upTo(4));
    const client = listen(context, `${url}?after=0`, { "last-event-id": "3" });
    await eventually("it hears", () => client.heard.length > 0);
    assert.deepEqual(
      client.heard.map((event) => event.position),
      [4],
    );
  });

  test("gives the id of a move after all that belongs to it", async (context) => {
    const { db, lease, url } = await given();
    const moved = givenEvent(1n, 1, { type: "OrderCancelled", fromStatus: "pending", toStatus: "cancelled" });
    await db.transaction((tx) => appendEvents(tx, [moved]));
    await numberEvents(db, lease);
    const client = listen(context, `${url}?after=0`);
    await eventually("both are heard", () => client.heard.length === 2);
    assert.deepEqual(
      client.heard.map(({ id, type }) => [id, type]),
      [
        [undefined, "OrderCancelled"],
        ["1", "OrderStatusChanged"],
      ],
    );
  });

  test("reaches everybody, also who begins behind what is kept in memory", async (context) => {
    const { db, lease, tail, url } = await given({}, 3);
    const early = listen(context, url);
    await eventually("the first listens", () => tail.followers === 1 && early.comments === 1);
    await happen(db, lease, upTo(40));
    const late = listen(context, `${url}?after=0`);
    await eventually("both have all", () => early.heard.length === 40 && late.heard.length === 40);
    await happen(db, lease, upTo(20, 41));
    await eventually("both go on", () => early.heard.length === 60 && late.heard.length === 60);
    for (const { heard } of [early, late]) {
      assert.deepEqual(
        heard.map((event) => event.position),
        upTo(60),
      );
    }
  });

  test("hears of what another process put into the feed", async (context) => {
    const { db, url } = await given();
    const client = listen(context, url);
    await eventually("it listens", () => client.comments === 1);
    await db.transaction((tx) => appendEvents(tx, [givenEvent(1n, 1)]));
    await ask(db, "insert into events.feed (position, stream_kind, stream_id, sequence) values (1, 'order', 1, 1)");
    await eventually("it hears", () => client.heard.length === 1);
  });

  test("lives on when the database ends its connections, also while it reads what is behind", async (context) => {
    const { db, lease, url } = await given({}, 3);
    const rounds = 8;
    const clients: ReturnType<typeof listen>[] = [];
    const there = "select from events.events where sequence = $1";
    for (let round = 1; round <= rounds; round += 1) {
      clients.push(listen(context, `${url}?after=0`));
      await ask(
        db,
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`,
      ).catch(() => {});
      // A try that failed may have been committed all the same.
      await eventually(`event ${round} is in the feed`, async () => {
        if ((await ask(db, there, [round])).length === 0) await happen(db, lease, [round]);
        await numberEvents(db, lease);
        return true;
      });
    }
    await eventually("all hear all", () => clients.every(({ heard }) => heard.length === rounds));
    for (const { heard } of clients) {
      assert.deepEqual(
        heard.map((event) => event.position),
        upTo(rounds),
      );
    }
  });

  test("says that it is there while nothing happens", async (context) => {
    const { url } = await given({ quietMs: 20 });
    const client = listen(context, url);
    await eventually("signs of life come", () => client.comments >= 3);
    assert.deepEqual(client.heard, []);
  });

  test("ends after its time, so that the key is asked for again", async (context) => {
    const { url } = await given({ longestMs: 50 });
    const client = listen(context, url);
    await eventually("it ended", () => client.ended);
    assert.equal(client.status, 200);
  });

  test("ends when the server drains, which does not wait for it", async (context) => {
    const { app, url } = await given();
    const client = listen(context, url);
    await eventually("it listens", () => client.comments === 1);
    await app.drain(60_000);
    await eventually("it ended", () => client.ended);
  });

  test("stops reading when the last one has left, and begins anew for the next", async (context) => {
    const { db, lease, tail, url } = await given();
    const first = listen(context, url);
    await eventually("it listens", () => first.comments === 1);
    first.leave();
    await eventually("nobody follows", () => tail.followers === 0);
    await happen(db, lease, [1]);
    const second = listen(context, `${url}?after=0`);
    await eventually("the second hears", () => second.heard.length === 1);
  });

  test("refuses one stream more than it can hold, and takes it when one has left", async (context) => {
    const { tail, url } = await given({ streams: 1 });
    const first = listen(context, url);
    await eventually("the first listens", () => first.comments === 1);
    const refused = await fetch(url, { headers: reader });
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get("retry-after"), "5");
    assert.equal(((await refused.json()) as { code: string }).code, "event.too_many_streams");
    first.leave();
    await eventually("nobody follows", () => tail.followers === 0);
    const next = listen(context, url);
    await eventually("the next listens", () => next.comments === 1);
  });

  test("refuses a position that is none, and who may not read events", async () => {
    const { port, url } = await given();
    for (const after of ["-1", "1.5", "x", ""]) {
      const refused = await fetch(`${url}?after=${after}`, { headers: reader });
      assert.equal(refused.status, 422, after);
    }
    const unreadable = await fetch(url, { headers: { ...reader, "last-event-id": "abc" } });
    assert.equal(unreadable.status, 422);
    assert.equal((await fetch(url)).status, 401);
    assert.equal((await fetch(url, { headers: { authorization: "Bearer reader" } })).status, 403);
    const head = `GET /api/v2/events/stream?after=1&after=2 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n`;
    assert.match(await exchange(port, `${head}authorization: Bearer owner\r\n\r\n`), /^HTTP\/1\.1 422 /);
  });
});
