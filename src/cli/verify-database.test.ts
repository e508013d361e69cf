import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { asSuperuser, ownCluster } from "../../test/support/cluster.ts";
import { testDatabase } from "../../test/support/database.ts";
import { findAfter, givenBooks } from "../../test/support/given-books.ts";
import { givenOrder } from "../../test/support/given-orders.ts";
import { seededCarts, soundCarts } from "../../test/support/seeded-carts.ts";
import { seededCatalog, soundCatalog } from "../../test/support/seeded-catalog.ts";
import { seededCustomers, soundCustomers } from "../../test/support/seeded-customers.ts";
import { seededImports, soundImports } from "../../test/support/seeded-imports.ts";
import { seededOperations, soundOperations } from "../../test/support/seeded-operations.ts";
import { seededOrigins, soundOrigins } from "../../test/support/seeded-origins.ts";
import { seededPurchases } from "../../test/support/seeded-purchases.ts";
import { seededRefunds, soundRefunds } from "../../test/support/seeded-refunds.ts";
import { seededSearch, soundSearch } from "../../test/support/seeded-search.ts";
import { seededViolations } from "../../test/support/seeded-violations.ts";
import { seededWebhooks, soundWebhooks } from "../../test/support/seeded-webhooks.ts";
import { migrate } from "../platform/migrate.ts";
import { parseInvariant, readInvariants } from "./read-invariants.ts";
import { verifyDatabase } from "./verify-database.ts";

const everyViolation = [
  ...seededViolations,
  ...seededRefunds,
  ...seededOperations,
  ...seededWebhooks,
  ...seededOrigins,
  ...seededSearch,
  ...seededImports,
  ...seededCustomers,
  ...seededCarts,
  ...seededCatalog,
  ...seededPurchases,
];

/** Test clusters do without the disk, which I32 is about: it has a cluster of its own. */
const invariants = await readInvariants();
const ids = invariants.map(({ id }) => id).filter((id) => id !== "I32");

async function violationsOf(url: string): Promise<{ id: string; what: string }[]> {
  const results = await verifyDatabase(url, { drained: true, only: ids });
  assert.equal(results.length, ids.length);
  return results.flatMap(({ id, violations }) => violations.map(({ what }) => ({ id, what })));
}

/** One database for all: what is changed in it is undone. */
describe("on the books of a shop,", () => {
  const asked = invariants.filter(({ id }) => ids.includes(id));
  let url: string;

  before(async () => {
    const database = await testDatabase();
    await givenBooks(database.db);
    ({ url } = database);
  });

  for (const { breaks, by, sql, says } of everyViolation) {
    test(`${breaks} alone finds ${by}`, async () => {
      const violations = await findAfter(url, sql, asked);
      assert.deepEqual([...new Set(violations.map(({ id }) => id))], [breaks], JSON.stringify(violations));
      assert.ok(
        violations.some(({ what }) => what.includes(says)),
        JSON.stringify(violations),
      );
    });
  }

  for (const { what, sql } of [
    ...soundOperations,
    ...soundRefunds,
    ...soundWebhooks,
    ...soundSearch,
    ...soundOrigins,
    ...soundImports,
    ...soundCustomers,
    ...soundCarts,
    ...soundCatalog,
  ]) {
    test(`no invariant finds anything wrong with ${what}`, async () => {
      assert.deepEqual(await findAfter(url, sql, asked), []);
    });
  }
});

describe("verifyDatabase", () => {
  test("finds nothing wrong with an empty database", async () => {
    const { url, close } = await testDatabase();
    assert.deepEqual(await violationsOf(url), []);
    await close();
  });

  test("finds nothing wrong with orders in every state", async () => {
    const { db, url, close } = await testDatabase();
    await givenBooks(db);
    assert.deepEqual(await violationsOf(url), []);
    await close();
  });

  test("has a seeded violation for every invariant", () => {
    assert.deepEqual([...new Set(everyViolation.map(({ breaks }) => breaks))].sort(), ids);
  });

  test("I32 finds a database that acknowledges before it has written", async () => {
    const cluster = await ownCluster();
    await migrate(cluster.url);
    const check = async () => (await verifyDatabase(cluster.url, { drained: true })).filter(({ found }) => found > 0);
    assert.deepEqual(await check(), []);
    await asSuperuser(cluster.superuserUrl, (client) =>
      client.query("alter database orderwell set synchronous_commit = off"),
    );
    const [broken, ...others] = await check();
    assert.deepEqual(others, []);
    assert.equal(broken?.id, "I32");
    assert.deepEqual(
      broken?.violations.map(({ what }) => what),
      ["synchronous_commit is off.", "synchronous_commit=off is set for everybody in orderwell."],
    );
    await cluster.remove();
  });

  test("finds nothing wrong while things are under way, and I20 finds a promise whose job is gone", async () => {
    const { db, url, close } = await testDatabase();
    const broken = async () =>
      (await verifyDatabase(url, { drained: false, only: ids })).filter(({ found }) => found > 0);
    await db.transaction((tx) => givenOrder(tx, {}));
    const { orderId } = await db.transaction((tx) => givenOrder(tx, { status: "cancelled" }));
    assert.deepEqual(await broken(), []);

    await ask(db, "delete from graphile_worker._private_jobs where payload ->> 'refund' is not null");
    const [result, ...others] = await broken();
    assert.deepEqual(others, []);
    assert.deepEqual(result?.violations, [
      { what: `Refund 1 of order ${orderId} was promised, and no job gives it back.`, orderId },
    ]);
    await close();
  });

  test("lists the first few violations and counts them all", async () => {
    const { db, url, close } = await testDatabase();
    await ask(
      db,
      `insert into fulfillment.provider_orders (order_id, provider_id, processing, fulfilment, created_at, updated_at)
       select id, 'own', 'pending', 'none', now(), now() from generate_series(1, 1000) as id`,
    );
    const [result] = await verifyDatabase(url, { drained: false, only: ["I41"] });
    assert.equal(result?.found, 1000);
    assert.equal(result?.violations.length, 20);
    await close();
  });

  test("leaves out what holds only when nothing is under way, unless it is asked for", async () => {
    const { url, close } = await testDatabase();
    const always = await verifyDatabase(url, { drained: false });
    assert.ok(always.length > 0 && always.every(({ when }) => when === "always"));
    await close();
  });

  test("waits for nobody who writes, and nobody waits for it", async () => {
    const { db, url, close } = await testDatabase();
    await givenBooks(db);
    await db.transaction(async (tx) => {
      await ask(tx, "update orders.orders set customer_name = 'Bob'");
      assert.deepEqual(await violationsOf(url), []);
    });
    await close();
  });

  test("reads schemas that were all named to it", async () => {
    const { db, close } = await testDatabase();
    const schemas = await ask<{ nspname: string }>(
      db,
      `select nspname from pg_namespace
        where nspname not like 'pg\\_%' and nspname not in ('information_schema', 'public', 'graphile_worker')
        order by nspname`,
    );
    for (const { id, sql } of (await readInvariants()).filter((one) => ["I09", "I27", "I28"].includes(one.id))) {
      for (const { nspname } of schemas) assert.ok(sql.includes(`'${nspname}'`), `${id} does not read ${nspname}.`);
    }
    await close();
  });
});

describe("parseInvariant", () => {
  const header = "-- id: I02\n-- title: Paid\n-- when: always\n";

  test("reads the header", () => {
    const sql = `${header}select 1`;
    assert.deepEqual(parseInvariant("I02_paid.sql", sql), { id: "I02", title: "Paid", when: "always", sql });
  });

  test("refuses a file whose header is missing or names another id", () => {
    assert.throws(() => parseInvariant("I02_paid.sql", "select 1"), /does not begin with/);
    assert.throws(() => parseInvariant("I03_paid.sql", `${header}select 1`), /does not begin with/);
  });
});
