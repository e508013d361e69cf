import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, test } from "node:test";
import "../../src/carts/cart-queries.ts";
import "../../src/catalog/sellable-queries.ts";
import "../../src/catalog/shown-queries.ts";
import "../../src/catalog/tax-rate-queries.ts";
import "../../src/customers/customer-queries.ts";
import "../../src/identity/session-queries.ts";
import "../../src/identity/shopper-queries.ts";
import "../../src/orders/shopper-order-queries.ts";
import "../../src/payments/page-queries.ts";
import "../../src/payments/payment-queries.ts";
import { showCart } from "../../src/carts/show-cart.ts";
import { prepareOrder } from "../../src/checkout/prepare-order.ts";
import { getUserOrders } from "../../src/orders/find-shopper-orders.ts";
import type { NewOrder } from "../../src/orders/new-order.ts";
import type { Db } from "../../src/platform/db.ts";
import { uuidV7 } from "../../src/platform/ids.ts";
import { listStatements } from "../../src/platform/statements.ts";
import { ask, genericPlan } from "../support/ask.ts";
import { testDatabase } from "../support/database.ts";
import { givenPurchase } from "../support/given-bought.ts";
import { anyOwner, givenCart, givenPrice, givenTaxRate, viewing } from "../support/given-carts.ts";
import { customerDraft, givenCustomer, newOwner } from "../support/given-customers.ts";
import { noon, policy } from "../support/given-orders.ts";

/** Every statement on the way from the shelf to the order, and the indexes of which it may take its choice. */
const hot: Readonly<Record<string, readonly string[]>> = {
  "catalog.find_shown": [
    "products_key_once",
    "prices_of_product",
    "product_translations_pkey",
    "product_images_in_order",
  ],
  "catalog.list_sellables": ["prices_pkey", "products_pkey", "product_translations_pkey", "product_images_in_order"],
  "catalog.lock_sold_products": ["prices_pkey", "products_pkey"],
  "catalog.lock_sold_prices": ["prices_pkey"],
  "catalog.list_tax_rates_in_force": ["tax_rates_once", "tax_rates_by_start"],
  "carts.list_current_cart": ["carts_one_current", "carts_of_owner", "cart_lines_pkey", "cart_lines_price_once"],
  "carts.lock_current_cart": ["carts_one_current", "carts_of_owner"],
  "carts.list_current_lines": ["carts_one_current", "carts_of_owner", "cart_lines_pkey", "cart_lines_price_once"],
  "carts.lock_cart_row": ["carts_pkey", "carts_of_owner"],
  "carts.list_lines": ["cart_lines_pkey", "cart_lines_price_once"],
  "carts.touch_cart": ["carts_pkey"],
  "carts.set_checked_out": ["carts_pkey"],
  "customers.find_owned_customer": ["customers_pkey", "customers_of_owner"],
  "customers.find_default": ["customers_one_default", "customers_of_owner"],
  "customers.count_customers": ["customers_one_default", "customers_of_owner"],
  "identity.find_merged": ["merged_shoppers_pkey"],
  "identity.find_session": ["sessions_token_once", "users_pkey", "staff_pkey"],
  "orders.find_own_order_id": ["orders_uid_once", "shopper_orders_of_owner", "shopper_orders_pkey"],
  "orders.find_bought_order_id": ["orders_uid_once", "shopper_orders_pkey"],
  "orders.find_details": ["shopper_orders_pkey"],
  "orders.list_own_order_ids": ["shopper_orders_of_owner"],
  "orders.count_own_orders": ["shopper_orders_of_owner"],
  "orders.freeze_shopper_orders": ["shopper_orders_pkey"],
  "payments.find_sandbox_session": ["sandbox_sessions_pkey"],
  "payments.find_sandbox_session_by_key": ["sandbox_sessions_key_once"],
  "payments.lock_sandbox_session": ["sandbox_sessions_pkey"],
  "payments.set_sandbox_session_status": ["sandbox_sessions_pkey"],
  "payments.find_attempt_by_session": ["payment_attempts_session_once"],
  "payments.set_attempt_session": ["payment_attempts_pkey"],
};

const few = 60; // PostgreSQL looks at a table for the first time when it has fifty rows.
const many = 600;
const tables =
  "catalog.products, catalog.prices, catalog.tax_rates, carts.carts, carts.cart_lines, customers.customers, " +
  "identity.users, identity.sessions, orders.orders, orders.shopper_orders, payments.payment_attempts, " +
  "payments.sandbox_sessions";

/** Statements that read a table whole, or by an index that does not lead to what is asked for. */
async function detours(db: Db): Promise<string[]> {
  const found: string[] = [];
  for (const [name, indexes] of Object.entries(hot)) {
    const statement = listStatements().find((one) => one.name === name);
    assert.ok(statement, `${name} is no statement`);
    const plan = await genericPlan(db, statement.sent);
    const used = [...plan.matchAll(/Scan (?:Backward )?(?:using|on) (\w+)/g)].map(([, index = ""]) => index);
    const others = used.filter((index) => !indexes.includes(index) && !isTableOf(index, plan));
    if (/Seq Scan/.test(plan) || others.length > 0) found.push(`${name}: ${others.join(", ")}\n${plan}`);
  }
  return found;
}

/** A bitmap of an index is looked up in its table, which stands in the plan by its name, too. */
function isTableOf(name: string, plan: string): boolean {
  return new RegExp(`Bitmap Heap Scan on ${name}\\b`).test(plan);
}

/** Somebody with an account who is signed in. */
async function givenSession(db: Db): Promise<void> {
  const userId = randomUUID();
  await ask(
    db,
    `with account as (
       insert into identity.users (id, name, email, email_verified, created_at, updated_at)
       values ($1::uuid, 'Ann', $1 || '@example.com', true, $2, $2)
     )
     insert into identity.sessions (id, user_id, token, ip_address, user_agent, expires_at, created_at, updated_at)
     values ($1::uuid, $1::uuid, $1, '', '', $2, $2, $2)`,
    [userId, noon],
  );
}

async function givenPage(db: Db, orderId: bigint): Promise<void> {
  await ask(
    db,
    `insert into payments.sandbox_sessions
       (session_id, order_id, idempotency_key, status, amount_minor, currency, description, customer_email, locale,
        return_url, cancel_url, expires_at, created_at)
     values ($1, $2, $1, 'open', 1, 'JPY', '', '', 'en', '', '', $3, $3)`,
    [randomUUID(), orderId, noon],
  );
}

/** One of each: a product, a cart with it, somebody billed, somebody signed in, an order and its page. */
async function givenOne(db: Db): Promise<void> {
  const price = await givenPrice(db, { names: { en: "Tea" } });
  await db.transaction((tx) => givenCart(tx, anyOwner(), [[price, 1n]]));
  await db.transaction((tx) => givenCustomer(tx, newOwner()));
  await givenSession(db);
  const { orderId } = await db.transaction((tx) => givenPurchase(tx, { owner: anyOwner() }));
  await givenPage(db, orderId);
}

/** How many rows of a table were read one after the other so far, by anybody; the catalogue's version is one row. */
async function rowsScanned(db: Db): Promise<bigint> {
  await ask(db, "select pg_stat_force_next_flush()");
  const [row] = await ask<{ read: bigint }>(
    db,
    `select coalesce(sum(seq_tup_read), 0)::bigint as read from pg_stat_user_tables
      where schemaname in ('catalog', 'carts', 'customers', 'identity', 'orders', 'payments')
        and relname not in ('legal_moves', 'version')`,
  );
  return row?.read ?? 0n;
}

const payment: NewOrder["payment"] = { kind: "charge", gateway: "sandbox", hosted: true };

/** Fills a cart, looks at it, orders it, and lists what was ordered. */
async function shop(db: Db, price: string, orderId: bigint): Promise<void> {
  const owner = anyOwner();
  const cart = await db.transaction((tx) => givenCart(tx, owner, [[price, 2n]]));
  await showCart(db, { owner, viewing }, noon);
  await db.transaction((tx) =>
    prepareOrder(
      tx,
      {
        orderId,
        uid: uuidV7(noon),
        owner,
        billers: [owner],
        cartId: cart.cartId,
        billed: { kind: "new", customerId: uuidV7(noon), draft: customerDraft() },
        shownMinor: 200n,
        acceptLanguage: "en",
        payment,
        by: { actor: owner, cause: "request 1" },
      },
      policy,
      noon,
    ),
  );
  const { total } = await getUserOrders(db, owner, { page: 1, pageSize: 20 });
  assert.equal(total, 1n);
}

describe("the plans of a shopper's statements", () => {
  let db: Db;

  before(async () => {
    db = (await testDatabase()).db;
  });

  test("keep their indexes on empty tables, and where there is one of each, without statistics", async () => {
    assert.deepEqual(await detours(db), []);
    await givenTaxRate(db, {});
    await givenOne(db);
    assert.deepEqual(await detours(db), []);
  });

  test("keep their indexes with the first statistics that there are, of a few", async () => {
    for (let count = 1; count < few; count += 1) await givenOne(db);
    await ask(db, `analyze ${tables}`);
    assert.deepEqual(await detours(db), []);
  });

  test("keep their indexes on tables that grew since, with and without statistics", async () => {
    for (let count = 0; count < many; count += 1) await givenOne(db);
    assert.deepEqual(await detours(db), []);
    await ask(db, `analyze ${tables}`);
    assert.deepEqual(await detours(db), []);
  });

  test("read no table from end to end from the shelf to the order", async () => {
    const price = await givenPrice(db);
    const before = await rowsScanned(db);
    // More than five times, since that is when a prepared statement changes to its generic plan.
    for (let index = 0n; index < 10n; index += 1n) await shop(db, price, 900_000n + index);
    assert.equal(await rowsScanned(db), before);
  });

  test("would be caught reading a whole table", async () => {
    const before = await rowsScanned(db);
    await ask(db, "select count(*) from customers.customers where name = 'none'");
    assert.notEqual(await rowsScanned(db), before);
    const undo = new Error("undo");
    const work = db.transaction(async (tx) => {
      await ask(tx, "drop index orders.shopper_orders_of_owner");
      const list = listStatements().find(({ name }) => name === "orders.list_own_order_ids");
      assert.doesNotMatch(await genericPlan(tx, list?.sent ?? ""), /shopper_orders_of_owner/);
      throw undo;
    });
    await assert.rejects(work, undo);
  });
});
