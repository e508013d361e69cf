import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertPaidOnce, assertVerified, type OrderBooks, readBooks } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";

const path = "/api/v1/orders/";

/** Each test customer of the embedded payment service, and what the order's first answer says. */
const firstAnswers = {
  "card-declined": "pending",
  "insufficient-funds": "pending",
  "expired-card": "pending",
  "pays-late": "payment_processing",
  "pays-never": "payment_processing",
  "times-out": "payment_processing",
  "answers-twice": "paid",
  "loses-reply": "payment_processing",
  "pays-second": "pending",
} as const;
type Customer = keyof typeof firstAnswers;

let site: Site;
let server: ServingProcess;
const orders = new Map<string, { id: number; status: string; answer: string }>();

function place(customer: string) {
  const items = [{ product_name: "Tea", quantity: 2, unit_price: 500 }];
  const body = { customer_email: `${customer}@example.com`, customer_name: "Ann", items };
  return server.send("POST", path, { key: customer, body });
}

before(async () => {
  site = await givenSite();
  server = await startServing(site);
  await Promise.all(
    Object.keys(firstAnswers).map(async (customer) => {
      const { status, text } = await place(customer);
      assert.equal(status, 201, text);
      orders.set(customer, { ...(JSON.parse(text) as { id: number; status: string }), answer: text });
    }),
  );
});
after(() => server.kill());

async function booksOf(customer: Customer): Promise<OrderBooks> {
  const id = BigInt(orders.get(customer)?.id ?? 0);
  const books = (await readBooks(site.db)).find(({ orderId }) => orderId === id);
  assert.ok(books);
  return books;
}

/** Waits until the customer was told, which is the last that happens to a paid order, and the feed has all of it. */
async function untilTold(customer: Customer): Promise<OrderBooks> {
  await eventually(
    `the order of ${customer} is paid and told`,
    async () => (await booksOf(customer)).fed?.length === 5,
  );
  return booksOf(customer);
}

describe("a test customer of the sandbox", () => {
  for (const [customer, status] of Object.entries(firstAnswers)) {
    test(`${customer} hears at first that the order is ${status}`, () => {
      assert.equal(orders.get(customer)?.status, status);
    });
  }

  for (const customer of ["card-declined", "insufficient-funds", "expired-card"] as const) {
    test(`${customer} keeps an order that can be paid again until it expires`, async () => {
      const { status, captures, mails, story } = await booksOf(customer);
      assert.deepEqual({ status, captures, mails }, { status: "pending", captures: 0n, mails: 0n });
      assert.deepEqual(story, ["1 OrderCreated", "2 PaymentInitiated", "3 PaymentFailed"]);
      const order = await server.send("GET", `/api/v2/orders/${orders.get(customer)?.id}`);
      assert.match(order.text, new RegExp(`"failure":"${customer.replace("-", "_")}"`));
      assert.match(order.text, /"expires_at":"20/);
    });
  }

  for (const customer of ["loses-reply", "pays-late", "answers-twice"] as const) {
    test(`${customer} pays once, and it is found out without anybody's doing`, async () => {
      assertPaidOnce(await untilTold(customer));
    });
  }

  test("times-out is never charged, and is asked about on and on", async () => {
    const { status, charges, captures } = await booksOf("times-out");
    assert.deepEqual({ status, charges, captures }, { status: "payment_processing", charges: 0n, captures: 0n });
    const again = () =>
      ask<{ checks: number }>(
        site.db,
        "select checks from payments.payment_attempts where check_at is not null and checks > 1 and order_id = $1",
        [BigInt(orders.get("times-out")?.id ?? 0)],
      );
    await eventually("it was asked about again", async () => (await again()).length === 1);
  });

  test("pays-never waits, and its order cannot be cancelled meanwhile", async () => {
    const cancel = await server.send("DELETE", `${path}${orders.get("pays-never")?.id}`);
    assert.equal(cancel.status, 409, cancel.text);
    assert.ok(Number(cancel.headers.get("retry-after")) > 0);
    assert.equal((await booksOf("pays-never")).status, "payment_processing");
  });

  test("who repeats a request hears the same bytes, whatever became of the order since", async () => {
    await untilTold("loses-reply");
    const again = await place("loses-reply");
    assert.equal(again.text, orders.get("loses-reply")?.answer);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
  });

  test("leaves books that hold together", async () => {
    for (const customer of ["loses-reply", "pays-late", "answers-twice"] as const) await untilTold(customer);
    // The payment of times-out stays unknown, which is what that customer is for.
    await assertVerified(site.url, ["I31"]);
  });
});
