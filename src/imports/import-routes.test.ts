import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { ann, faulty, givenImport, givenReading, givenReady, readOrder } from "../../test/support/given-imports.ts";
import { noon } from "../../test/support/given-orders.ts";
import { testServer } from "../../test/support/http-server.ts";
import type { Db, Tx } from "../platform/db.ts";
import { cancelImport } from "./cancel-import.ts";
import type { Import } from "./import.ts";
import { importRoutes } from "./import-routes.ts";
import { importVerbRoutes } from "./import-verb-routes.ts";

let db: Db;
let app: FastifyInstance;

before(async () => {
  ({ db } = await testDatabase());
  const clock = { now: () => noon };
  ({ app } = await testServer((made) => {
    void made.register(importRoutes(db));
    void made.register(importVerbRoutes({ db, clock }));
  }));
});

interface Asked {
  readonly who?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(method: "GET" | "POST" | "PATCH", path: string, { who = "owner", body, headers = {} }: Asked = {}) {
  return app.inject({
    method,
    url: `/api/v2/imports${path}`,
    headers: { authorization: `Bearer ${who}`, ...headers },
    ...(body ? { payload: body } : {}),
  });
}

const given = (work: (tx: Tx) => Promise<Import>) => db.transaction(work);
const orders = () => [readOrder(1, { rows: 2 }), readOrder(3, { rows: 2, faults: [faulty] }), readOrder(5)];

describe("imports over HTTP", () => {
  test("are shown with counts, links and a tag", async () => {
    const { uid } = await given((tx) => givenReady(tx, orders()));
    const answer = await send("GET", `/${uid}`);
    const { rows, orders: counted, links, status, file_kept } = answer.json();
    assert.deepEqual([status, file_kept], ["ready", true]);
    assert.deepEqual(rows, { read: 5, placed: 0, rejected: 2, duplicate: 0, dropped: 0, pending: 3 });
    assert.deepEqual(counted, { read: 3, placed: 0, rejected: 1, duplicate: 0, dropped: 0, pending: 2, unpaid: 0 });
    assert.equal(links.orders, `/api/v2/orders?import_id=${uid}`);
    const same = await send("GET", `/${uid}`, { headers: { "if-none-match": String(answer.headers.etag) } });
    assert.equal(same.statusCode, 304);
  });

  test("are listed newest first, page by page, by status and source", async () => {
    const source = "listed";
    const made: string[] = [];
    for (let one = 0; one < 3; one += 1) made.push((await given((tx) => givenImport(tx, { source }))).uid);
    await given((tx) => cancelImport(tx, { uid: made[1] as string, by: ann }, noon));
    const first = (await send("GET", `?source=${source}&limit=2`)).json();
    const second = (await send("GET", `?source=${source}&limit=2&cursor=${first.next_cursor}`)).json();
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    assert.deepEqual([ids, second.next_cursor], [made.toReversed(), null]);
    const cancelled = (await send("GET", `?source=${source}&status=cancelled`)).json();
    assert.deepEqual(
      cancelled.data.map(({ id }: { id: string }) => id),
      [made[1]],
    );
    assert.equal((await send("GET", "?status=done")).statusCode, 422);
    assert.equal((await send("GET", "?cursor=!")).json().code, "list.cursor_unknown");
  });

  test("give back what was rejected: whole orders, as they stood, with line and reason", async () => {
    const { uid } = await given((tx) => givenReady(tx, orders()));
    const answer = await send("GET", `/${uid}/rejected.csv`);
    assert.equal(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert.equal(answer.headers["content-disposition"], 'attachment; filename="orders-rejected.csv"');
    const header = "order_reference,customer_email,currency,product_name,quantity,unit_price,import_line,import_reason";
    assert.equal(
      answer.body,
      `\ufeff${header}\r\nA-3,ann@example.com,USD,Tea 1,2,1.50,4,"The quantity is negative."\r\n` +
        'A-3,ann@example.com,USD,Tea 2,2,1.50,5,"Another row of this order is rejected."\r\n',
    );
  });

  test("give nothing back before they are read, nor what nobody knows", async () => {
    for (const uid of [
      (await given((tx) => givenImport(tx))).uid,
      (await given((tx) => givenReading(tx, orders()))).uid,
    ]) {
      const answer = await send("GET", `/${uid}/rejected.csv`);
      assert.deepEqual([answer.statusCode, answer.json().code], [409, "import.not_read"]);
    }
    for (const path of ["", "/preview", "/rows", "/summary", "/rejected.csv"]) {
      const answer = await send("GET", `/019ab3c0-6f7e-7c3a-9b1e-2f4a5c6d7e8f${path}`);
      assert.deepEqual([answer.statusCode, answer.json().code], [404, "import.not_found"]);
    }
  });

  test("tell each row with its reasons, and cut only what is very long", async () => {
    const long = readOrder(1, { faults: [faulty] });
    const raw = "x".repeat(20_000);
    const { uid } = await given((tx) => givenReady(tx, [{ ...long, rows: long.rows.map((row) => ({ ...row, raw })) }]));
    const [row] = (await send("GET", `/${uid}/rows?status=rejected`)).json().data;
    const { text, ...rest } = row;
    assert.equal(text, "x".repeat(10_000));
    const shown = { row: 1, line: 2, status: "rejected", reference: "A-1", order: null, text_cut: true };
    assert.deepEqual(rest, { ...shown, reasons: [faulty] });
  });
});

describe("what is done with imports over HTTP", () => {
  const verbs: [string, string, (uid: string) => Promise<string>][] = [
    ["start", "running", async (uid) => uid],
    ["cancel", "cancelled", async (uid) => uid],
    ["pause", "running", started],
    ["resume", "running", paused],
  ];
  async function started(uid: string): Promise<string> {
    assert.equal((await send("POST", `/${uid}/start`)).statusCode, 200);
    return uid;
  }
  async function paused(uid: string): Promise<string> {
    assert.equal((await send("POST", `/${await started(uid)}/pause`)).statusCode, 200);
    return uid;
  }
  for (const [verb, status, prepare] of verbs) {
    test(`is to ${verb} one: again it answers the same, and for who may not it does nothing`, async () => {
      const { uid } = await given((tx) => givenReady(tx, [readOrder(1)]));
      await prepare(uid);
      assert.equal((await send("POST", `/${uid}/${verb}`, { who: "reader" })).statusCode, 403);
      const first = await send("POST", `/${uid}/${verb}`);
      assert.deepEqual([first.statusCode, first.json().status, first.json().paused], [200, status, verb === "pause"]);
      assert.deepEqual((await send("POST", `/${uid}/${verb}`)).json(), first.json());
      const [{ count } = { count: 0n }] = await ask<{ count: bigint }>(
        db,
        "select count(*) from audit.entries where subject = $1 and action like $2",
        [`import/${uid}`, `import.${verb}%`],
      );
      assert.equal(count, 1n);
    });

    test(`is not to ${verb} one that was changed since it was seen`, async () => {
      const { uid } = await given((tx) => givenReady(tx, [readOrder(1)]));
      const seen = String((await send("GET", `/${uid}`)).headers.etag);
      await ask(db, "update imports.imports set name = 'other' where uid = $1", [uid]);
      await prepare(uid);
      const stale = await send("POST", `/${uid}/${verb}`, { headers: { "if-match": seen } });
      assert.deepEqual([stale.statusCode, stale.json().code], [412, "http.precondition_failed"]);
      const now = String((await send("GET", `/${uid}`)).headers.etag);
      assert.equal((await send("POST", `/${uid}/${verb}`, { headers: { "if-match": now } })).statusCode, 200);
    });
  }

  test("is refused where it cannot be, with what can", async () => {
    const { uid } = await given((tx) => givenImport(tx));
    const answer = await send("POST", `/${uid}/start`);
    assert.deepEqual([answer.statusCode, answer.json().code], [409, "import.cannot_move"]);
    assert.match(answer.json().detail, /be cancelled/);
  });

  test("is to have one read with other options, checked as strictly as those of a new one", async () => {
    const { uid } = await given((tx) => givenReady(tx, [readOrder(1)]));
    const wrong = await send("PATCH", `/${uid}`, { body: { options: { locale: "xx", curency: "EUR" } } });
    assert.equal(wrong.statusCode, 422);
    assert.deepEqual(
      wrong
        .json()
        .errors.map(({ pointer }: { pointer: string }) => pointer)
        .sort(),
      ["/options/curency", "/options/locale"],
    );
    const revised = await send("PATCH", `/${uid}`, { body: { options: { locale: "de-DE" } } });
    const { status, options, orders: counted } = revised.json();
    assert.deepEqual([revised.statusCode, status, options.locale, options.tax], [200, "received", "de-DE", "added"]);
    assert.equal(counted.read, 0);
    const again = await send("PATCH", `/${uid}`, { body: { options: { locale: "de-DE" } } });
    assert.deepEqual(again.json(), revised.json());
  });

  test("is done once under one Idempotency-Key", async () => {
    const { uid } = await given((tx) => givenReady(tx, [readOrder(1)]));
    const headers = { "idempotency-key": `start ${uid}` };
    const first = await send("POST", `/${uid}/start`, { headers });
    await send("POST", `/${uid}/pause`);
    const again = await send("POST", `/${uid}/start`, { headers });
    assert.equal(again.headers["idempotent-replayed"], "true");
    assert.deepEqual(again.json(), first.json());
  });
});
