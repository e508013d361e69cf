import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { eventually } from "../support/eventually.ts";
import { linkInLetter } from "../support/link-in-letter.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";
import {
  add,
  type GivenProduct,
  givenCheckout,
  givenProduct,
  givenTaxRate,
  onPage,
  openStoreClient,
  orderOf,
  type ShownCart,
  type ShownOrder,
  type StoreClient,
  someBilling,
} from "../support/store-client.ts";

let site: Site;
let server: ServingProcess;
let tea: GivenProduct;

before(async () => {
  site = await givenSite();
  server = await startServing(site);
  await givenTaxRate(server);
  tea = await givenProduct(server);
});

const shopper = () => openStoreClient(server);

async function orderNow(client: StoreClient, { id }: { id: string }): Promise<ShownOrder> {
  return client.ask<ShownOrder>("GET", `/api/store/orders/${id}`);
}

async function untilStatus(client: StoreClient, order: ShownOrder, status: string): Promise<ShownOrder> {
  await eventually(`the order is ${status}`, async () => (await orderNow(client, order)).status === status);
  return orderNow(client, order);
}

function problem({ text }: { text: string }): Record<string, unknown> & { code: string } {
  return JSON.parse(text);
}

async function checkOut(client: StoreClient, cart: ShownCart, more?: object) {
  return client.send("POST", "/api/store/checkout", { body: orderOf(cart, more) });
}

describe("a shopper without an account", () => {
  test("fills a cart, orders it, pays on the gateway's page, and finds the order again", async () => {
    const client = shopper();
    await add(client, tea.priceId);
    const cart = await add(client, tea.priceId);
    assert.equal(cart.total_amount, 2592);
    const order = await client.ask<ShownOrder>("POST", "/api/store/checkout", orderOf(cart));
    assert.deepEqual([order.status, order.total_amount, order.payable], ["payment_processing", 2592, true]);
    assert.match(order.payment?.url ?? "", /\/sandbox\/pay\/cs_/);
    assert.equal((await onPage(server, order)).status, 200);
    const paid = await untilStatus(client, order, "paid");
    assert.notEqual(paid.paid_at, null);
    assert.equal(paid.payable, false);
    const [line] = paid.details.lines;
    assert.deepEqual(
      [line?.name, line?.quantity, line?.unit_amount, line?.line_total, line?.tax_included_amount],
      ["Sencha", 2, 1296, 2592, 192],
    );
    assert.equal(paid.details.billing.name, someBilling.name);
    const { data, total } = await client.ask<{ data: ShownOrder[]; total: number }>("GET", "/api/store/orders");
    assert.deepEqual([data.map(({ id }) => id), total], [[order.id], 1]);
    assert.equal((await client.ask<{ cart_id: string | null }>("GET", "/api/store/cart")).cart_id, null);
  });

  test("gets a mail whose link opens this order on another device, and no other order", async () => {
    const client = shopper();
    const order = await givenCheckout(client, tea.priceId);
    await onPage(server, order);
    await untilStatus(client, order, "paid");
    const key = await linkInLetter(site.db, order);
    const elsewhere = shopper();
    const opened = await elsewhere.send("GET", `/api/store/orders/${order.id}`, { headers: { "order-link": key } });
    assert.equal(opened.status, 200, opened.text);
    const other = await givenCheckout(client, tea.priceId);
    const refused = await elsewhere.send("GET", `/api/store/orders/${other.id}`, { headers: { "order-link": key } });
    assert.equal(refused.status, 404);
    const bare = await elsewhere.send("GET", `/api/store/orders/${order.id}`);
    assert.equal(bare.status, 404);
  });

  test("is told what a price was and is when it changed meanwhile, and is charged nothing", async () => {
    const client = shopper();
    const product = await givenProduct(server, { unitAmount: 500 });
    const cart = await add(client, product.priceId, 2);
    const price = `/api/v2/products/${product.key}/prices/${product.priceId}`;
    assert.equal((await server.send("PATCH", price, { body: { unit_amount: 600 } })).status, 200);
    const told = await checkOut(client, cart);
    assert.equal(told.status, 409);
    const { code, old, new: now, lines } = problem(told);
    assert.equal(code, "checkout.price_changed");
    assert.deepEqual([old, now], [{ total_amount: 1000 }, { total_amount: 1200 }]);
    const [line] = lines as Record<string, unknown>[];
    assert.deepEqual([line?.old_unit_amount, line?.new_unit_amount], [500, 600]);
    const accepted = await client.ask<ShownCart>("POST", "/api/store/cart/accept-prices", {
      lines: [{ line_id: line?.line_id, unit_amount: 600 }],
    });
    const order = await client.ask<ShownOrder>("POST", "/api/store/checkout", orderOf(accepted));
    assert.equal(order.total_amount, 1200);
  });

  test("is told when a tax changed meanwhile", async () => {
    const client = shopper();
    const product = await givenProduct(server, { taxCode: "books", unitAmount: 1000 });
    const rate = await givenTaxRate(server, { tax_code: "books", inclusive: false, percentage: 10 });
    const cart = await add(client, product.priceId);
    assert.equal(cart.total_amount, 1100);
    const changed = await server.send("PATCH", `/api/v2/tax-rates/${rate.id}`, { body: { percentage: 12.5 } });
    assert.equal(changed.status, 200, changed.text);
    const told = await checkOut(client, cart);
    assert.deepEqual([told.status, problem(told).code], [409, "checkout.price_changed"]);
    assert.deepEqual(problem(told).new, { total_amount: 1125 });
    const order = await client.ask<ShownOrder>("POST", "/api/store/checkout", orderOf({ ...cart, total_amount: 1125 }));
    assert.equal(order.details.tax_amount, 125);
  });

  test("is told what is not sold any more", async () => {
    const client = shopper();
    const product = await givenProduct(server);
    const cart = await add(client, product.priceId);
    await server.send("PATCH", `/api/v2/products/${product.key}`, { body: { active: false } });
    const told = await checkOut(client, cart);
    assert.deepEqual([told.status, problem(told).code], [409, "checkout.not_for_sale"]);
    assert.equal((problem(told).lines as unknown[]).length, 1);
  });

  test("cannot order what is due again in each interval", async () => {
    const client = shopper();
    const product = await givenProduct(server, { interval: "month" });
    const told = await checkOut(client, await add(client, product.priceId));
    assert.deepEqual([told.status, problem(told).code], [409, "checkout.recurring_price"]);
  });

  test("must say who is billed, in a way that can be", async () => {
    const client = shopper();
    const cart = await add(client, tea.priceId);
    const nobody = await checkOut(client, cart, {});
    assert.deepEqual([nobody.status, problem(nobody).code], [422, "checkout.billing_missing"]);
    const wrong = await checkOut(client, cart, {
      billing: { ...someBilling, address: { ...someBilling.address, postal_code: "x" } },
    });
    assert.equal(wrong.status, 422);
    const kept = await client.ask<{ data: unknown[] }>("GET", "/api/store/customers");
    assert.deepEqual(kept.data, []);
    const twice = await checkOut(client, cart, { billing: someBilling, customer_id: cart.cart_id });
    assert.deepEqual([twice.status, problem(twice).code], [422, "checkout.billed_twice"]);
    const other = await checkOut(client, cart, { customer_id: cart.cart_id });
    assert.deepEqual([other.status, problem(other).code], [422, "checkout.billing_missing"]);
    assert.equal((await checkOut(client, cart)).status, 201);
    assert.equal((await client.ask<{ data: unknown[] }>("GET", "/api/store/customers")).data.length, 1);
  });

  test("can only be sent back to pages of this shop", async () => {
    const client = shopper();
    const cart = await add(client, tea.priceId);
    for (const wrong of ["https://evil.example/", "javascript:alert(1)", "//evil.example", "http://a:b@127.0.0.1/"]) {
      const answer = await checkOut(client, cart, { billing: someBilling, return_url: wrong });
      assert.deepEqual([answer.status, problem(answer).code], [422, "order.return_url_wrong"], wrong);
    }
    const answer = await checkOut(client, cart, { billing: someBilling, return_url: `${server.address}/thanks` });
    const order = JSON.parse(answer.text) as ShownOrder;
    const decided = JSON.parse((await onPage(server, order)).text) as { next_url: string };
    assert.equal(decided.next_url, `${server.address}/thanks?order=${order.id}`);
  });

  test("owns nothing by guessed ids", async () => {
    const [client, thief] = [shopper(), shopper()];
    const cart = await add(client, tea.priceId);
    await add(thief, tea.priceId);
    const stolen = await checkOut(thief, cart);
    assert.deepEqual([stolen.status, problem(stolen).code], [404, "cart.not_found"]);
    const order = await client.ask<ShownOrder>("POST", "/api/store/checkout", orderOf(cart));
    for (const [method, path] of [
      ["GET", ""],
      ["POST", "/pay"],
      ["POST", "/return"],
    ] as const) {
      const asked = method === "POST" && path === "/pay" ? { body: {} } : {};
      assert.equal((await thief.send(method, `/api/store/orders/${order.id}${path}`, asked)).status, 404, path);
    }
  });

  test("buys one thing now, and keeps the cart as it is", async () => {
    const client = shopper();
    const kept = await add(client, tea.priceId);
    const now = await client.ask<ShownCart>("POST", "/api/store/cart/buy-now", { price_id: tea.priceId, quantity: 1 });
    assert.notEqual(now.cart_id, kept.cart_id);
    await client.ask("POST", "/api/store/checkout", orderOf(now));
    assert.equal((await client.ask<ShownCart>("GET", "/api/store/cart")).cart_id, kept.cart_id);
  });
});

describe("a payment that does not go through", () => {
  test("leaves an order that can be paid again, once", async () => {
    const client = shopper();
    const order = await givenCheckout(client, tea.priceId);
    await onPage(server, order, "decline");
    const declined = await untilStatus(client, order, "pending");
    assert.deepEqual([declined.payable, declined.payment?.failure], [true, "card_declined"]);
    const again = await client.ask<ShownOrder>("POST", `/api/store/orders/${order.id}/pay`, {});
    assert.equal(again.payment?.attempt, 2);
    await onPage(server, again);
    await untilStatus(client, order, "paid");
    const over = await client.send("POST", `/api/store/orders/${order.id}/pay`, { body: {} });
    assert.deepEqual([over.status, problem(over).code], [409, "order.cannot_move"]);
  });

  test("of a closed tab is gone on with on the same page", async () => {
    const client = shopper();
    const order = await givenCheckout(client, tea.priceId);
    const again = await client.ask<ShownOrder>("POST", `/api/store/orders/${order.id}/pay`, {});
    assert.equal(again.payment?.url, order.payment?.url);
  });

  test("is slow: the order waits, and is paid in the end", async () => {
    const client = shopper();
    const order = await givenCheckout(client, tea.priceId);
    await onPage(server, order, "pay_slowly");
    const back = await client.ask<ShownOrder>("POST", `/api/store/orders/${order.id}/return`);
    assert.equal(back.status, "payment_processing");
  });
});

describe("many at once", () => {
  test("64 clients order one cart: one order, one page, one charge", async () => {
    const client = shopper();
    const cart = await add(client, tea.priceId);
    const answers = await Promise.all(Array.from({ length: 64 }, () => checkOut(client, cart)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))].toSorted(), [200, 201]);
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    const orders = answers.map(({ text }) => JSON.parse(text) as ShownOrder);
    assert.equal(new Set(orders.map(({ id }) => id)).size, 1);
    const paid = await Promise.all(orders.slice(0, 8).map((order) => onPage(server, order)));
    assert.equal(paid.filter(({ status }) => status === 200).length, 1);
    const [order] = orders;
    assert.ok(order);
    await untilStatus(client, order, "paid");
  });

  test("a double click with one key is one answer to the byte; with two keys it is one order", async () => {
    const client = shopper();
    const cart = await add(client, tea.priceId);
    const body = orderOf(cart);
    const send = (key: string) => client.send("POST", "/api/store/checkout", { body, key });
    const same = await Promise.all([send("one"), send("one"), send("one")]);
    assert.equal(new Set(same.map(({ text }) => text)).size, 1);
    assert.equal(same.filter(({ headers }) => headers.get("idempotent-replayed") === "true").length, 2);
    const other = await send("two");
    assert.deepEqual([other.status, JSON.parse(other.text).id], [200, JSON.parse(same[0]?.text ?? "{}").id]);
    const changed = await client.send("POST", "/api/store/checkout", {
      body: { ...body, total_amount: 1 },
      key: "one",
    });
    assert.deepEqual([changed.status, problem(changed).code], [422, "http.idempotency_key_reused"]);
  });

  test("the return page and the webhook race: the order is paid once", async () => {
    const client = shopper();
    const order = await givenCheckout(client, tea.priceId);
    const back = () => client.send("POST", `/api/store/orders/${order.id}/return`);
    await Promise.all([onPage(server, order), back(), back(), back(), back()]);
    await untilStatus(client, order, "paid");
    const [{ captures } = { captures: 0n }] = await ask<{ captures: bigint }>(
      site.db,
      `select count(*) as captures from payments.money_entries join orders.orders using (order_id) where uid = '${order.id}'`,
    );
    assert.equal(captures, 1n);
  });
});

describe("the books of the store", () => {
  test("agree in the end", async () => {
    await ask(site.db, "update payments.sandbox_sessions set expires_at = now() where status = 'open'");
    await ask(site.db, "update payments.payment_attempts set check_at = now() where check_at is not null");
    await untilDrained(site.db);
    await assertVerified(site.url);
  });
});
