import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import "../../src/events/event-queries.ts";
import "../../src/fulfillment/part-queries.ts";
import "../../src/http/idempotency-queries.ts";
import "../../src/orders/order-queries.ts";
import "../../src/payments/payment-queries.ts";
import "../../src/payments/sandbox-queries.ts";
import { placeOrders } from "../../src/orders/place-orders.ts";
import { settlePayments } from "../../src/orders/settle-payments.ts";
import type { Db } from "../../src/platform/db.ts";
import { listStatements } from "../../src/platform/statements.ts";
import { ask, genericPlan } from "../support/ask.ts";
import { testDatabase } from "../support/database.ts";
import { by, givenOrder, newOrder, noon, policy } from "../support/given-orders.ts";

/** Every statement of the way from the request to the paid order that reaches rows which are there already. */
const hot = [
  "orders.lock_orders",
  "orders.update_orders",
  "orders.find_orders",
  "orders.find_items",
  "payments.find_attempts",
  "payments.update_attempts",
  "payments.find_sandbox_payments_by_key",
  "fulfillment.find_provider_orders",
  "fulfillment.update_provider_orders",
  "http.find_keys",
  "http.set_answers",
];

const many = 1_000;
const firstId = 100_000n;

async function scans(db: Db): Promise<string[]> {
  const found: string[] = [];
  for (const name of hot) {
    const statement = listStatements().find((one) => one.name === name);
    assert.ok(statement, `${name} is no statement`);
    if (
      /Seq Scan on (orders|order_items|payment_attempts|sandbox_payments|provider_orders|idempotency_keys)/.test(
        await genericPlan(db, statement.sent),
      )
    )
      found.push(name);
  }
  return found;
}

/** How many rows of a table were read one after the other so far, by anybody. */
async function rowsScanned(db: Db): Promise<bigint> {
  await ask(db, "select pg_stat_force_next_flush()");
  const [row] = await ask<{ read: bigint }>(
    db,
    "select coalesce(sum(seq_tup_read), 0)::bigint as read from pg_stat_user_tables where schemaname in ('orders', 'payments', 'fulfillment') and relname <> 'legal_moves'",
  );
  return row?.read ?? 0n;
}

describe("the plans of the hot statements", () => {
  let db: Db;

  before(async () => {
    db = (await testDatabase()).db;
  });

  test("keep their indexes on empty tables without statistics", async () => {
    assert.deepEqual(await scans(db), []);
  });

  test("keep their indexes on tables that grew since, with and without statistics", async () => {
    await db.transaction((tx) => givenOrder(tx));
    const orders = Array.from({ length: many }, (_, index) => newOrder(firstId + BigInt(index)));
    await db.transaction((tx) => placeOrders(tx, orders, policy, noon));
    assert.deepEqual(await scans(db), []);
    await ask(db, "analyze orders.orders, orders.order_items, payments.payment_attempts");
    assert.deepEqual(await scans(db), []);
  });

  test("read no table from end to end when one order is settled, nor when a thousand are", async () => {
    const paid = (orderId: bigint) => {
      const answer = { outcome: "paid", reference: `pay-${orderId}`, amountMinor: 300n, currency: "USD" } as const;
      return { orderId, attempt: 1, answer, by };
    };
    const before = await rowsScanned(db);
    // More than five runs, since that is when a prepared statement changes to its generic plan.
    for (let index = 0n; index < 10n; index += 1n) {
      await db.transaction((tx) => settlePayments(tx, [paid(firstId + index)], policy, noon));
    }
    const rest = Array.from({ length: many - 10 }, (_, index) => paid(firstId + 10n + BigInt(index)));
    const settled = await db.transaction((tx) => settlePayments(tx, rest, policy, noon));
    assert.ok(settled.every((one) => one.outcome === "paid"));
    assert.equal(await rowsScanned(db), before);
  });

  test("would be caught reading a whole table", async () => {
    const before = await rowsScanned(db);
    await ask(db, "select count(*) from payments.payment_attempts where failure = 'none'");
    assert.notEqual(await rowsScanned(db), before);
    assert.match(await genericPlan(db, "select * from orders.orders where customer_name = $1"), /Seq Scan on orders/);
  });
});
