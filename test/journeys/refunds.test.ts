import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { type Answered, givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";
import { signedHeaders } from "../support/signed-webhook.ts";

let site: Site;
let server: ServingProcess;

before(async () => {
  site = await givenSite();
  server = await startServing(site);
});
after(async () => {
  await server.kill();
  await site.close();
});

interface Placed {
  readonly id: number;
  readonly status: string;
}

/** An order of 100 yen. */
async function place(customer = "ann"): Promise<Placed> {
  const items = [{ product_name: "Tea", quantity: 2, unit_price: 50 }];
  const body = { customer_email: `${customer}@example.com`, customer_name: "Ann", items };
  const { status, text } = await server.send("POST", "/api/v1/orders/", { body });
  assert.equal(status, 201, text);
  return JSON.parse(text) as Placed;
}

const reason = "broken";
const refund = (id: number, body: unknown, asking: { key?: string; headers?: Record<string, string> } = {}) =>
  server.send("POST", `/api/v2/orders/${id}/refunds`, { body, ...asking });
const pay = (id: number, asking: { key?: string; headers?: Record<string, string> } = {}) =>
  server.send("POST", `/api/v2/orders/${id}/payments`, asking);
const read = async (path: string) => JSON.parse((await server.send("GET", `/api/v2/orders/${path}`)).text);

function codeOf(answer: Answered): string {
  return (JSON.parse(answer.text) as { code: string }).code;
}

async function booksOf(id: number) {
  const [books] = await ask(
    site.db,
    `select captured_minor as captured, refunding_minor as refunding, refunded_minor as refunded,
            (select sum(amount_minor)::bigint from payments.sandbox_refunds where order_id = $1) as given
       from orders.orders where order_id = $1`,
    [BigInt(id)],
  );
  return books;
}

describe("giving money back", () => {
  test("in parts: promised, given, told, and listed, until nothing is left", async () => {
    const { id } = await place();
    const first = await refund(id, { amount: 60, reason }, { key: "first part" });
    assert.equal(first.status, 201, first.text);
    const view = JSON.parse(first.text);
    assert.deepEqual(
      [view.refund, view.state, view.amount, view.currency, view.reason],
      [1, "requested", 60, "JPY", reason],
    );
    const again = await refund(id, { amount: 60, reason }, { key: "first part" });
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    assert.equal(again.text, first.text);
    assert.equal(JSON.parse((await refund(id, { reason })).text).amount, 40);
    const third = await refund(id, { reason });
    assert.deepEqual([third.status, codeOf(third)], [409, "order.nothing_to_refund"]);

    await untilDrained(site.db);
    assert.deepEqual(await booksOf(id), { captured: 100n, refunding: 0n, refunded: 100n, given: 100n });
    const order = await read(`${id}`);
    assert.deepEqual([order.status, order.refunded_amount, order.charged_back_amount], ["paid", 100, 0]);
    const { data, next_cursor: cursor } = await read(`${id}/refunds?limit=1`);
    assert.deepEqual([data.length, data[0].refund, data[0].state], [1, 2, "succeeded"]);
    const { data: rest, next_cursor: end } = await read(`${id}/refunds?limit=1&cursor=${cursor}`);
    assert.deepEqual([rest[0].refund, end], [1, null]);
    const { data: events } = await read(`${id}/timeline`);
    assert.equal(events.filter(({ type }: { type: string }) => type === "RefundProcessed").length, 2);
  });

  test("is read by number or by id, with a tag", async () => {
    const { id } = await place();
    const made = JSON.parse((await refund(id, { amount: 1, reason })).text);
    await untilDrained(site.db);
    const byNumber = await server.send("GET", `/api/v2/orders/${id}/refunds/1`);
    const byId = await server.send("GET", `/api/v2/orders/${id}/refunds/${made.refund_id}`);
    assert.equal(byId.text, byNumber.text);
    const tag = byNumber.headers.get("etag") ?? "";
    const same = await server.send("GET", `/api/v2/orders/${id}/refunds/1`, { headers: { "if-none-match": tag } });
    assert.equal(same.status, 304);
    for (const named of ["2", "0", "1x", `${made.refund_id.slice(0, -1)}2`, made.order_id]) {
      const missing = await server.send("GET", `/api/v2/orders/${id}/refunds/${named}`);
      assert.deepEqual([missing.status, codeOf(missing)], [404, "order.refund_not_found"], named);
    }
  });

  test("demands with If-Match that the order is as it was seen", async () => {
    const { id } = await place();
    await untilDrained(site.db);
    const tag = (await server.send("GET", `/api/v2/orders/${id}`)).headers.get("etag") ?? "";
    assert.equal((await refund(id, { amount: 10, reason }, { headers: { "if-match": tag } })).status, 201);
    const late = await refund(id, { amount: 10, reason }, { headers: { "if-match": tag } });
    assert.deepEqual([late.status, codeOf(late)], [412, "http.precondition_failed"]);
    assert.equal((await read(`${id}/refunds`)).data.length, 1);
  });

  test("64 at once of 60 on a capture of 100: one is accepted, and the gateway's books agree (P25)", async () => {
    const { id } = await place();
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, index) => refund(id, { amount: 60, reason }, { key: `of 60, ${index} of ${id}` })),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      assert.deepEqual([answer.status, codeOf(answer)], [422, "order.refund_too_large"], answer.text);
      assert.match(answer.text, /1 to 40 minor units of JPY/);
    }
    await untilDrained(site.db);
    assert.deepEqual(await booksOf(id), { captured: 100n, refunding: 0n, refunded: 60n, given: 60n });
  });

  test("one key sent 16 times at once is one refund", async () => {
    const { id } = await place();
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => refund(id, { amount: 30, reason }, { key: `one ${id}` })),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal((await read(`${id}/refunds`)).data.length, 1);
  });

  for (const [amount, status, code] of [
    ["-1", 422, "http.invalid_input"],
    ["0", 422, "http.invalid_input"],
    ["0.005", 422, "http.invalid_input"],
    ["1.00000000000000000001", 422, "order.invalid"],
    ["101", 422, "order.refund_too_large"],
    ["999999999999999", 422, "order.refund_too_large"],
    ["1000000000000000", 422, "http.invalid_input"],
    ["1e400", 422, "http.invalid_input"],
    ["NaN", 400, "http.unreadable_body"],
    ['"60"', 422, "http.invalid_input"],
    ["null", 422, "http.invalid_input"],
    ["[60]", 422, "http.invalid_input"],
  ] as const) {
    test(`of ${amount} is refused with ${status} and changes nothing (P26)`, async () => {
      const { id } = await place();
      const answer = await refund(id, `{"amount": ${amount}, "reason": "r"}`);
      assert.deepEqual([answer.status, codeOf(answer)], [status, code], answer.text);
      assert.deepEqual(await booksOf(id), { captured: 100n, refunding: 0n, refunded: 0n, given: null });
    });
  }

  test("takes an amount as it is meant, however it is written", async () => {
    const { id } = await place();
    const answer = await refund(id, '{"amount": 6.0e1, "currency": "JPY", "reason": "r"}');
    assert.equal(JSON.parse(answer.text).amount, 60);
  });

  test("writes down who asked for it", async () => {
    const { id } = await place();
    const made = JSON.parse((await refund(id, { amount: 1, reason })).text);
    const { text } = await server.send("GET", `/api/v2/audit?subject=order/${made.order_id}`);
    const [entry] = JSON.parse(text).data;
    assert.deepEqual([entry.action, entry.detail], ["refund.requested", { refund: 1, amount: 1 }]);
  });
});

describe("paying again", () => {
  test("who was declined at first pays by the second try, once, and is told once", async () => {
    const { id, status } = await place("pays-second");
    assert.equal(status, "pending");
    const paid = await pay(id, { key: `again ${id}` });
    assert.equal(paid.status, 201, paid.text);
    const view = JSON.parse(paid.text);
    assert.deepEqual([view.attempt, view.state, view.order_status], [2, "paid", "paid"]);
    const again = await pay(id, { key: `again ${id}` });
    assert.deepEqual([again.text, again.headers.get("idempotent-replayed")], [paid.text, "true"]);
    const late = await pay(id);
    assert.deepEqual([late.status, codeOf(late)], [409, "order.cannot_move"]);
    const { data } = await read(`${id}/payments`);
    assert.deepEqual(
      data.map(({ attempt, state }: { attempt: number; state: string }) => [attempt, state]),
      [
        [2, "paid"],
        [1, "failed"],
      ],
    );
    await untilDrained(site.db);
    const [mails] = await ask(site.db, "select count(*)::int as told from notifications.mails where order_id = $1", [
      BigInt(id),
    ]);
    assert.deepEqual(mails, { told: 1 });
  });

  test("who is declined again hears so, and the order waits as before", async () => {
    const { id } = await place("card-declined");
    const view = JSON.parse((await pay(id)).text);
    assert.deepEqual([view.state, view.failure, view.order_status], ["failed", "card_declined", "pending"]);
    assert.match((await read(`${id}`)).expires_at, /^20/);
  });

  test("many at once are one try, and the others are told to come again", async () => {
    const { id } = await place("pays-second");
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) => pay(id, { key: `many ${index} ${id}` })),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      assert.equal(answer.status, 409, answer.text);
      const code = codeOf(answer);
      assert.ok(code === "order.payment_under_way" || code === "order.cannot_move", code);
      if (code === "order.payment_under_way") assert.equal(answer.headers.get("retry-after"), "30");
    }
    assert.equal((await read(`${id}/payments`)).data.length, 2);
  });

  test("an order that nobody paid, was cancelled or is being paid is not paid again", async () => {
    const { id: waiting } = await place("pays-never");
    const busy = await pay(waiting);
    assert.deepEqual(
      [busy.status, codeOf(busy), busy.headers.get("retry-after")],
      [409, "order.payment_under_way", "30"],
    );
    const { id } = await place("card-declined");
    await server.send("DELETE", `/api/v1/orders/${id}`);
    const cancelled = await pay(id);
    assert.deepEqual([cancelled.status, codeOf(cancelled)], [409, "order.cannot_move"]);
    const missing = await pay(999_999);
    assert.deepEqual([missing.status, codeOf(missing)], [404, "order.not_found"]);
  });
});

/** Sends signed news of a payment, as the payment service does. */
async function tell(id: number, news: object): Promise<void> {
  const body = JSON.stringify({ currency: "JPY", ...news });
  const answer = await server.send("POST", `/api/v1/orders/${id}/webhook`, { body, headers: signedHeaders(body) });
  assert.ok(answer.status < 300, answer.text);
}

async function tasksOf(id: number): Promise<string[]> {
  const { data } = JSON.parse((await server.send("GET", `/api/v2/tasks?order=${id}`)).text);
  return data.map(({ kind }: { kind: string }) => kind);
}

describe("a payment service that tells of it later", () => {
  test("takes a payment for an order that was cancelled meanwhile: the money goes back", async () => {
    const { id } = await place("card-declined");
    await server.send("DELETE", `/api/v1/orders/${id}`);
    const [payment] = (await read(`${id}/payments`)).data;
    await ask(site.db, "update payments.sandbox_payments set status = 'succeeded' where order_id = $1", [BigInt(id)]);
    await tell(id, { payment_id: payment.reference, status: "succeeded", amount: 100 });
    const back = { captured: 100n, refunding: 0n, refunded: 100n, given: 100n };
    await eventually("the money went back", async () => isDeepStrictEqual(await booksOf(id), back));
    assert.deepEqual([(await read(`${id}`)).status, await tasksOf(id)], ["cancelled", []]);
  });

  test("says that a refund failed after all: it can be given back anew, and a person is asked", async () => {
    const { id } = await place();
    await refund(id, { reason });
    await eventually("it went back", async () => (await read(`${id}`)).refunded_amount === 100);
    const { data } = await read(`${id}/refunds`);
    const [payment] = (await read(`${id}/payments`)).data;
    const news = { payment_id: payment.reference, refund_id: data[0].reference, amount: 100 };
    for (const status of ["refund_failed", "refund_failed", "refunded"]) await tell(id, { ...news, status });
    await eventually("it failed", async () => (await read(`${id}/refunds/1`)).state === "failed");
    assert.equal((await read(`${id}`)).refunded_amount, 0);
    assert.deepEqual(await tasksOf(id), ["refund_failed"]);
    // The sandbox keeps the first one in its books as given, so it has nothing left for the second.
    await ask(site.db, "delete from payments.sandbox_refunds where order_id = $1", [BigInt(id)]);
    assert.equal((await refund(id, { amount: 40, reason })).status, 201);
    await eventually("the second went back", async () => (await read(`${id}`)).refunded_amount === 40);
  });

  test("says that a bank took the money: the order shows it, a person is asked, nothing more is given back", async () => {
    const { id } = await place();
    const [payment] = (await read(`${id}/payments`)).data;
    await tell(id, { payment_id: payment.reference, refund_id: `dp_${id}`, status: "charged_back", amount: 100 });
    await eventually("the order shows it", async () => (await read(`${id}`)).charged_back_amount === 100);
    assert.deepEqual([(await read(`${id}`)).status, await tasksOf(id)], ["paid", ["chargeback"]]);
    const late = await refund(id, { amount: 1, reason });
    assert.deepEqual([late.status, codeOf(late)], [409, "order.nothing_to_refund"]);
  });
});

test("the books hold together after all of it", async () => {
  await eventually("every refund is settled", async () => {
    const open = await ask(site.db, "select 1 from payments.refunds where state = 'requested'");
    return open.length === 0;
  });
  await assertVerified(site.url, ["I13", "I31"]);
});
