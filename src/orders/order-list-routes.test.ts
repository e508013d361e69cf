import assert from "node:assert/strict";
import { get, type IncomingMessage } from "node:http";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { eventually } from "../../test/support/eventually.ts";
import { givenListed, type ListedWish } from "../../test/support/given-listed.ts";
import { noon } from "../../test/support/given-orders.ts";
import { type TestServer, testServer } from "../../test/support/http-server.ts";
import type { Db } from "../platform/db.ts";
import { orderNumber } from "./number.ts";
import { orderListRoutes } from "./order-list-routes.ts";

const clock = { now: () => new Date(noon.getTime() + 86_400_000) };

interface Listed {
  readonly data: { number: string; status: string; customer_email: string | null }[];
  readonly next_cursor: string | null;
}

async function serverOf(db: Db): Promise<TestServer> {
  return testServer((app) => void app.register(orderListRoutes({ db, clock })));
}

async function requested(server: TestServer, path: string) {
  return server.app.inject({ method: "GET", url: path, headers: { authorization: "Bearer reader" } });
}

describe("GET /api/v2/orders", () => {
  let db: Db;
  let server: TestServer;
  let orders: ListedWish[];

  before(async () => {
    db = (await testDatabase()).db;
    server = await serverOf(db);
    const wishes = Array.from({ length: 45 }, (_, index) => ({
      createdAt: new Date(noon.getTime() + index * 1_000),
      status: index % 5 ? "paid" : "shipped",
    }));
    orders = await givenListed(db, [
      ...wishes,
      { customerEmail: "", createdAt: noon, origin: { source: "s", externalReference: "R/1 ü" } },
    ]);
  });

  async function list(query: string): Promise<Listed> {
    const answer = await requested(server, `/api/v2/orders${query}`);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json();
  }

  test("shows twenty orders, the newest first, and the way to the next", async () => {
    const first = await list("");
    assert.equal(first.data.length, 20);
    const second = await list(`?cursor=${first.next_cursor}`);
    const third = await list(`?cursor=${second.next_cursor}`);
    assert.equal(third.next_cursor, null);
    const sorted = orders.toSorted(
      (one, other) => Number(other.wish.createdAt) - Number(one.wish.createdAt) || Number(other.orderId - one.orderId),
    );
    assert.deepEqual(
      [first, second, third].flatMap(({ data }) => data.map(({ number }) => number)),
      sorted.map(({ orderId }) => orderNumber(orderId)),
    );
  });

  test("finds an order by what its source calls it, and says null for an address that is not there", async () => {
    const { data } = await list(`?external_reference=${encodeURIComponent("R/1 ü")}&source=s`);
    assert.equal(data.length, 1);
    assert.equal(data[0]?.customer_email, null);
    assert.deepEqual((await list("?external_reference=R/1&source=s")).data, []);
  });

  for (const [query, pointer] of [
    ["status=lost", "/status"],
    ["status=", "/status"],
    ["status=paid,,shipped", "/status"],
    ["created_from=yesterday", "/created_from"],
    ["created_from=2026-13-01T00:00:00Z", "/created_from"],
    ["created_to=2026-01-01", "/created_to"],
    ["created_from=2026-01-02T00:00:00Z&created_to=2026-01-02T00:00:00Z", "/created_to"],
    ["currency=usd", "/currency"],
    ["amount_min=5", "/amount_min"],
    ["amount_max=5", "/amount_max"],
    ["currency=USD&amount_min=-1", "/amount_min"],
    ["currency=USD&amount_min=1.5", "/amount_min"],
    ["currency=USD&amount_min=2&amount_max=1", "/amount_max"],
    ["currency=USD&amount_max=1000000000000000", "/amount_max"],
    ["import_id=7", "/import_id"],
    ["batch_id=x", "/batch_id"],
    ["external_reference=", "/external_reference"],
    ["q=%20%21", "/q"],
    [`q=${"x".repeat(201)}`, "/q"],
    ["sort=amount", "/sort"],
    ["sort=name", "/sort"],
    ["direction=up", "/direction"],
    ["limit=0", "/limit"],
    ["limit=101", "/limit"],
    ["colour=red", "/colour"],
    ["status=paid&status=shipped", "/status"],
  ] as const) {
    test(`refuses ${query.slice(0, 60)} and names what is wrong`, async () => {
      const answer = await requested(server, `/api/v2/orders?${query}`);
      assert.equal(answer.statusCode, 422, answer.body);
      const { errors } = answer.json<{ errors: { pointer: string }[] }>();
      assert.deepEqual([...new Set(errors.map((one) => one.pointer))], [pointer]);
    });
  }

  test("refuses the cursor of another list", async () => {
    const { next_cursor: cursor } = await list("?status=paid");
    const answer = await requested(server, `/api/v2/orders?status=paid,shipped&cursor=${cursor}`);
    assert.equal(answer.statusCode, 422);
    assert.equal(answer.json().code, "list.cursor_unknown");
  });
});

/** Begins to take the file away, and leaves the rest where it is. */
async function begin(server: TestServer): Promise<IncomingMessage> {
  const { port } = await server.listen();
  return new Promise((resolve, reject) => {
    const asked = get({ port, path: "/api/v2/orders.csv", headers: { authorization: "Bearer reader" } }, resolve);
    asked.on("error", reject);
  });
}

const longName = "x".repeat(500);

/** A database with a file of ten megabytes in it: more than sockets hold. */
async function givenMuch(): Promise<Db> {
  const { db } = await testDatabase();
  const item = { sku: "x", quantity: 1n, unitPriceMinor: 1n, discountMinor: 0n, taxMinor: 0n, lineTotalMinor: 1n };
  const items = Array.from({ length: 25 }, (_, index) => ({ ...item, line: index + 1, productName: longName }));
  await givenListed(
    db,
    Array.from({ length: 600 }, () => ({ items })),
  );
  return db;
}

describe("GET /api/v2/orders.csv", () => {
  test("answers a file to keep", async () => {
    const { db } = await testDatabase();
    await givenListed(db, [{ customerName: "田中, 太郎" }]);
    const answer = await requested(await serverOf(db), "/api/v2/orders.csv?currency=USD");
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert.equal(answer.headers["content-disposition"], 'attachment; filename="orders.csv"');
    assert.match(answer.body, /,"田中, 太郎",/);
    assert.equal((await requested(await serverOf(db), "/api/v2/orders.csv?limit=5")).statusCode, 422);
  });

  test("reads no further than its reader, and stops when that one is gone", async () => {
    const db = await givenMuch();
    let pages = 0;
    const watched: Db = {
      ...db,
      run(text, params) {
        if (text.name === "orders.find_items") pages += 1;
        return db.run(text, params);
      },
    };
    const answer = await begin(await serverOf(watched));
    let read = -1;
    await eventually("nothing more is read", async () => {
      const before = read;
      read = pages;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return before === pages;
    });
    assert.ok(pages > 0 && pages < 30, `${pages} of 30 pieces were read.`);
    answer.destroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(pages <= read + 2, `${pages} pieces were read.`);
  });

  test("breaks off when the orders cannot be read to their end", async () => {
    const db = await givenMuch();
    const answer = await begin(await serverOf(db));
    answer.on("error", () => {});
    await new Promise((resolve) => answer.once("readable", resolve));
    await ask(db, "alter table orders.order_items rename to gone");
    let length = 0;
    answer.on("data", (chunk: Buffer) => {
      length += chunk.length;
    });
    await new Promise((resolve) => answer.once("close", resolve));
    assert.equal(answer.complete, false);
    assert.ok(length > 0);
  });

  test("says in its answer what goes wrong before the first row", async () => {
    const { db } = await testDatabase();
    const server = await serverOf(db);
    await ask(db, "alter table orders.orders rename to gone");
    const answer = await requested(server, "/api/v2/orders.csv");
    assert.equal(answer.statusCode, 500);
    assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
    assert.equal(answer.headers["content-disposition"], undefined);
  });
});
