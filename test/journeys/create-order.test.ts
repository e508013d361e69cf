import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { draftBody } from "../support/draft-bodies.ts";
import { type Answered, givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

let site: Site;
let server: ServingProcess;

before(async () => {
  site = await givenSite();
  server = await startServing(site);
});

function send(body: unknown, key?: string): Promise<Answered> {
  return server.send("POST", "/api/v2/orders", { body, ...(key === undefined ? {} : { key }) });
}

function problemOf({ status, text }: Answered): unknown {
  const { code, errors = [] } = JSON.parse(text) as { code: string; errors?: { pointer: string }[] };
  return [status, code, ...errors.map(({ pointer }) => pointer)];
}

describe("an order of v2", () => {
  const kinds: [string, string, object][] = [
    ["is charged", "paid", {}],
    ["is charged and declined", "pending", { customer_email: "card-declined@example.com" }],
    [
      "is charged, and nobody knows how that ended",
      "payment_processing",
      { customer_email: "loses-reply@example.com" },
    ],
    ["was paid elsewhere", "paid", { payment: "recorded", payment_reference: "P-1", paid_at: "2026-01-02T03:04:05Z" }],
    ["was paid elsewhere by nobody knows what", "paid", { payment: "recorded" }],
    ["waits to be paid", "pending", { payment: "none", pay_within_hours: 2 }],
    ["costs nothing", "paid", { items: [{ product_name: "Gift", quantity: 1, unit_price: 0 }] }],
    ["has a customer without an address", "pending", { payment: "none", customer_email: null }],
    [
      "tells all that one can",
      "paid",
      {
        external_reference: "W-all",
        customer_reference: "C-1",
        locale: "ja",
        ordered_at: "2026-01-02T03:04:05.678+09:00",
        discount_amount: 50,
        tax_amount: 25,
        shipping_amount: 10,
        total_amount: 285,
        source: "webshop",
        notify: false,
      },
    ],
  ];
  for (const [name, status, wanted] of kinds) {
    test(`that ${name} is answered as it is read`, async () => {
      const placed = await send(draftBody(undefined, wanted));
      assert.equal(placed.status, 201, placed.text);
      const order = JSON.parse(placed.text) as { id: string; status: string };
      assert.equal(order.status, status);
      if (status === "payment_processing") return;
      const read = await server.send("GET", `/api/v2/orders/${order.id}`);
      assert.deepEqual(JSON.parse(read.text), order);
      assert.equal(read.headers.get("etag"), placed.headers.get("etag"));
    });
  }

  test("whose reference is there already is the one that is there, and is left as it is", async () => {
    const first = await send(draftBody("W-1"));
    const second = await send(draftBody("W-1", { customer_name: "Ben", payment: "recorded" }));
    assert.deepEqual([first.status, second.status], [201, 200]);
    assert.equal(second.text, first.text);
    assert.equal((await send(draftBody("W-1", { source: "another" }))).status, 201);
  });

  test("is placed once by requests that come together", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(draftBody("W-2"))));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [...Array<number>(19).fill(200), 201]);
    assert.equal(new Set(answers.map(({ text }) => JSON.parse(text).id)).size, 1);
  });

  test("is answered once under its key, whatever the answer is", async () => {
    for (const [key, body] of [
      ["charged", draftBody("K-1")],
      ["there before", draftBody("K-1")],
      ["recorded", draftBody("K-2", { payment: "recorded" })],
      ["waiting", draftBody("K-3", { payment: "none" })],
    ] as const) {
      const first = await send(body, key);
      const second = await send(body, key);
      assert.equal(second.headers.get("idempotent-replayed"), "true", key);
      assert.deepEqual([second.status, second.text], [first.status, first.text], key);
      assert.equal(second.headers.get("etag"), first.headers.get("etag"));
      assert.deepEqual(problemOf(await send({ ...body, customer_name: "Ben" }, key)), [
        422,
        "http.idempotency_key_reused",
      ]);
    }
  });

  test("that is refused leaves its key free, and those that came with it unhurt", async () => {
    const paid = (reference: string) => draftBody(reference, { payment: "recorded", payment_reference: "P-once" });
    assert.equal((await send(paid("R-0"))).status, 201);
    const [refused, ...others] = await Promise.all([
      send(paid("R-1"), "refused"),
      ...[2, 3, 4].map((index) => send(draftBody(`R-${index}`, { payment: "recorded" }), `with ${index}`)),
    ]);
    assert.deepEqual(problemOf(refused as Answered), [422, "order.invalid", "/payment_reference"]);
    assert.ok(others.every(({ status }) => status === 201));
    const corrected = await send(draftBody("R-1", { payment: "recorded" }), "refused");
    assert.equal(corrected.status, 201, corrected.text);
  });

  const wrong: [string, object, string][] = [
    ["whose total is not its sum", { total_amount: 299 }, "/total_amount"],
    ["with a payment that is not recorded", { payment_reference: "P" }, "/payment_reference"],
    ["in no currency", { currency: "ABC" }, "/currency"],
    ["with half a cent", { items: [{ product_name: "Tea", quantity: 1, unit_price: 0.5 }] }, "/items/0/unit_price"],
    ["with a field that there is not", { price: 1 }, "/price"],
    ["of nothing", { items: [] }, "/items"],
  ];
  for (const [name, wanted, pointer] of wrong) {
    test(`${name} is refused`, async () => {
      const [status, , ...pointers] = problemOf(await send(draftBody(undefined, wanted))) as string[];
      assert.deepEqual([status, pointers], [422, [pointer]]);
    });
  }

  test("with the options of a batch in its address is refused, and not charged", async () => {
    const answer = await server.send("POST", "/api/v2/orders?payment=none", { body: draftBody("Q-1") });
    assert.deepEqual(problemOf(answer), [422, "http.invalid_input", "/payment"]);
    assert.equal((await send(draftBody("Q-1", { payment: "none" }))).status, 201);
  });

  test("leaves books in which everything holds", async () => {
    await untilDrained(site.db);
    const mails = await ask(
      site.db,
      "select count(*)::int as mails from notifications.mails where order_id in (select order_id from orders.orders where not notify or customer_email = '')",
    );
    assert.deepEqual(mails, [{ mails: 0 }]);
    await assertVerified(site.url);
  });
});
