import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask, genericPlan } from "../support/ask.ts";
import { assertVerified, readBooks, untilDrained } from "../support/check-books.ts";
import { joinCluster } from "../support/cluster.ts";
import { emptyDatabase, testDatabase } from "../support/database.ts";
import { givenRelease, readReleasedStatements } from "../support/given-release.ts";
import { ordersPath } from "../support/insist.ts";
import { givenFolder, startServing } from "../support/serve.ts";

/** What became of the orders that the released version had: what it had not finished is finished. */
const ends = {
  "tanaka@example.co.jp": "paid",
  "ann@example.com": "paid",
  "bob@example.com": "shipped",
  "carol@example.com": "cancelled",
  "card-declined@example.com": "pending",
  "loses-reply@example.com": "paid",
  "pays-late@example.com": "paid",
  "dora@example.com": "paid",
  "emil@example.com": "paid",
  "fred@example.com": "cancelled",
};

/** Those of the books were moved, those in kept answers were not. */
function withoutTimes(text: string): string {
  return text.replaceAll(/"\d{4}-[^"]*Z"/g, "time");
}

/** The order that was charged and never answered. */
const unanswered = {
  customer_name: "田中太郎",
  items: [
    { product_name: "ノートPC", quantity: 2, unit_price: 89800 },
    { product_name: "Mouse", quantity: 1, unit_price: 1500 },
  ],
  customer_email: "dora@example.com",
};

describe("the first release, killed in the middle of its work", () => {
  test("is taken over with everything that it had begun (N09, J10)", async () => {
    const { db, url } = await emptyDatabase();
    const { superuserUrl } = await joinCluster();
    const release = await givenRelease("0001", { url, superuserUrl, folder: await givenFolder() });
    const server = await startServing({ url, dataDir: await givenFolder() });

    await untilDrained(db);
    const orders = await ask<{ customerEmail: string; status: string; orderId: bigint }>(
      db,
      "select customer_email, status, order_id from orders.orders order by order_id",
    );
    assert.deepEqual(Object.fromEntries(orders.map((order) => [order.customerEmail, order.status])), ends);
    // Its callers are known: the one that it never answered comes again.
    const headers = { authorization: `Bearer ${release.apiKey}` };
    const late = await server.send("POST", ordersPath, { key: "under-way", body: unanswered, headers });
    assert.match(late.text, /"customer_email":"dora@example.com","customer_name":"田中太郎","status":"paid"/);
    await assertVerified(url);
    for (const { orderId, captures, charges } of await readBooks(db)) {
      assert.equal(captures, orderId === orders[4]?.orderId ? 0n : 1n, `captures of ${orderId}`);
      assert.ok(charges <= 1n);
    }
    for (const { orderId } of orders) {
      assert.equal((await server.send("GET", `${ordersPath}${orderId}`)).status, 200);
    }
    const kept = release.tables["http.idempotency_keys"] as { key: string; answer_body: string | null }[];
    const answer = kept.find(({ key }) => key === "paid-usd")?.answer_body ?? "";
    const shown = await server.send("GET", `${ordersPath}${JSON.parse(answer).id}`, { headers });
    assert.equal(withoutTimes(shown.text), withoutTimes(answer), "an order looks as it looked");
    await server.kill();
  });

  test("can still run each of its statements on today's schema, for as long as it works beside us", async () => {
    const { db } = await testDatabase();
    const faults: string[] = [];
    for (const { name: statement, sent } of await readReleasedStatements("0001")) {
      await genericPlan(db, sent).catch((error: Error) => faults.push(`${statement}: ${error.message}`));
    }
    assert.deepEqual(faults, []);
  });

  test("is caught when it cannot", async () => {
    const { db } = await testDatabase();
    await assert.rejects(genericPlan(db, "select renamed from orders.orders where order_id = $1"), { code: "42703" });
  });
});
