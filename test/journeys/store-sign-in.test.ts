import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../support/ask.ts";
import { assertVerified, untilDrained } from "../support/check-books.ts";
import { type GivenUser, givenUser, signIn } from "../support/given-user.ts";
import { givenSite, type ServingProcess, type Site, startServing } from "../support/serve.ts";
import {
  add,
  type GivenProduct,
  givenCheckout,
  givenProduct,
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
let book: GivenProduct;

before(async () => {
  site = await givenSite();
  server = await startServing(site, { RATE_LIMIT_GUESSES: "0" });
  tea = await givenProduct(server);
  book = await givenProduct(server, { unitAmount: 1650 });
});

const visitor = (cookies = new Map<string, string>()) => openStoreClient(server, cookies);
const anonymous = "ANONYMOUS_USER_EXTERNAL_ID";

interface Lines {
  readonly cart_id: string | null;
  readonly baskets: readonly { readonly lines: readonly { readonly price_id: string; readonly quantity: number }[] }[];
}

/** What is in the shopper's cart: price and quantity. */
async function cartOf(client: StoreClient): Promise<Record<string, number>> {
  const { baskets } = await client.ask<Lines>("GET", "/api/store/cart");
  return Object.fromEntries(baskets.flatMap(({ lines }) => lines.map((line) => [line.price_id, line.quantity])));
}

async function ordersOf(client: StoreClient): Promise<string[]> {
  const { data } = await client.ask<{ data: ShownOrder[] }>("GET", "/api/store/orders");
  return data.map(({ id }) => id);
}

async function customersOf(client: StoreClient): Promise<number> {
  return (await client.ask<{ data: unknown[] }>("GET", "/api/store/customers")).data.length;
}

/** A user on another device, who has some tea in the cart there. */
async function givenShopper(quantity = 1): Promise<{ user: GivenUser; client: StoreClient }> {
  const user = await givenUser(site.db, server);
  const client = visitor();
  await signIn(client, user);
  if (quantity > 0) await add(client, tea.priceId, quantity);
  return { user, client };
}

describe("a visitor who signs in", () => {
  test("finds cart, billing identities and orders there, and the same price added up", async () => {
    const { user, client: atHome } = await givenShopper(2);
    const client = visitor();
    const order = await givenCheckout(client, book.priceId);
    await add(client, tea.priceId, 3);
    await add(client, book.priceId, 1);
    await signIn(client, user);
    const together = { [tea.priceId]: 5, [book.priceId]: 1 };
    assert.deepEqual(await cartOf(client), together);
    assert.deepEqual(await cartOf(atHome), together);
    assert.deepEqual(await ordersOf(atHome), [order.id]);
    assert.equal(await customersOf(atHome), 1);
    const paid = await atHome.ask<ShownOrder>("POST", `/api/store/orders/${order.id}/pay`, {});
    assert.equal(paid.payment?.url, order.payment?.url);
  });

  test("leaves nothing to the old cookie, and nothing to write to", async () => {
    const { user } = await givenShopper(0);
    const client = visitor();
    const order = await givenCheckout(client, book.priceId);
    const kept = await add(client, tea.priceId, 1);
    const old = new Map(client.cookies);
    await signIn(client, user);
    assert.equal(client.cookies.has(anonymous), false);
    const thief = visitor(new Map(old));
    assert.deepEqual([await cartOf(thief), await ordersOf(thief), await customersOf(thief)], [{}, [], 0]);
    assert.equal((await thief.send("GET", `/api/store/orders/${order.id}`)).status, 404);
    assert.equal((await thief.send("POST", "/api/store/checkout", { body: orderOf(kept) })).status, 404);
    await add(thief, tea.priceId, 9);
    assert.notEqual(thief.cookies.get(anonymous), old.get(anonymous));
    assert.deepEqual(await cartOf(client), { [tea.priceId]: 1 });
  });

  test("five times at once is one: no line is lost and none doubled", async () => {
    const { user, client: atHome } = await givenShopper(1);
    const client = visitor();
    await add(client, tea.priceId, 4);
    await Promise.all(Array.from({ length: 5 }, () => signIn(visitor(new Map(client.cookies)), user)));
    assert.deepEqual(await cartOf(atHome), { [tea.priceId]: 5 });
  });

  test("later, with both cookies in one browser, finds what the visitor put in meanwhile", async () => {
    const { client } = await givenShopper(1);
    const stranger = visitor();
    await add(stranger, book.priceId, 2);
    client.cookies.set(anonymous, stranger.cookies.get(anonymous) ?? "");
    assert.deepEqual(await cartOf(client), { [tea.priceId]: 1, [book.priceId]: 2 });
    assert.equal(client.cookies.has(anonymous), false);
  });

  test("while the cart is being ordered ends in one of both orders of events, and loses nothing", async () => {
    for (let round = 0; round < 8; round += 1) {
      const { user, client: atHome } = await givenShopper(1);
      const client = visitor();
      const cart = await add(client, tea.priceId, 2);
      const twin = visitor(new Map(client.cookies));
      const [ordered] = await Promise.all([
        twin.send("POST", "/api/store/checkout", { body: orderOf(cart) }),
        signIn(client, user),
      ]);
      const left = await cartOf(atHome);
      const orders = await ordersOf(atHome);
      // Ordered first: the order is the user's. Merged first: the lines are, and there is nothing to be ordered.
      if (ordered.status === 201) assert.deepEqual([left, orders.length], [{ [tea.priceId]: 1 }, 1]);
      else {
        assert.ok([404, 409].includes(ordered.status), ordered.text);
        assert.deepEqual([left, orders], [{ [tea.priceId]: 3 }, []]);
      }
    }
  });

  test("while lines are put in keeps each that was acknowledged", async () => {
    const { user, client: atHome } = await givenShopper(0);
    const client = visitor();
    await add(client, tea.priceId, 1);
    const twin = () => visitor(new Map(client.cookies));
    const adding = Array.from({ length: 16 }, () =>
      twin().send("POST", "/api/store/cart/lines", { body: { price_id: tea.priceId, quantity: 1 } }),
    );
    const [answers] = await Promise.all([Promise.all(adding), signIn(client, user)]);
    const oldOwner = answers.filter(({ status, headers }) => status < 300 && headers.getSetCookie().length === 0);
    assert.deepEqual(await cartOf(atHome), { [tea.priceId]: 1 + oldOwner.length });
  });
});

describe("a user", () => {
  test("has the order billed to an organization only where that is the user's to decide", async () => {
    const { client } = await givenShopper(0);
    const organization = await client.ask<{ id: string }>("POST", "/api/store/auth/organizations", {
      name: "Tea Club",
    });
    const customer = await client.ask<{ id: string }>("POST", "/api/store/customers", {
      ...someBilling,
      organization_id: organization.id,
    });
    const cart = await add(client, tea.priceId);
    const order = await client.ask<ShownOrder>(
      "POST",
      "/api/store/checkout",
      orderOf(cart, { customer_id: customer.id }),
    );
    assert.equal(order.details.billing.customer_id, customer.id);
    const { client: stranger } = await givenShopper(1);
    const other = await stranger.ask<ShownCart>("GET", "/api/store/cart");
    const refused = await stranger.send("POST", "/api/store/checkout", {
      body: orderOf(other, { customer_id: customer.id }),
    });
    assert.equal(refused.status, 422);
  });
});

describe("the books after all that", () => {
  test("agree", async () => {
    await ask(site.db, "update payments.sandbox_sessions set expires_at = now() where status = 'open'");
    await ask(site.db, "update payments.payment_attempts set check_at = now() where check_at is not null");
    await untilDrained(site.db);
    await assertVerified(site.url);
  });
});
