import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { genericPlan } from "../../test/support/ask.ts";
import { inTx, statementsOf, testDatabase } from "../../test/support/database.ts";
import { newOrder, noon, orderPlaced, policy } from "../../test/support/given-orders.ts";
import { listStatements } from "../platform/statements.ts";
import { findReferences, findUids } from "./find-references.ts";
import { noOrigin } from "./origin.ts";
import { placeOrders } from "./place-orders.ts";

describe("findReferences", () => {
  test(
    "answers which references have an order, each once, and not for another source",
    inTx(async (tx) => {
      const origin = { ...noOrigin, source: "shop", externalReference: "R-1" };
      const [placement] = await placeOrders(tx, [{ ...newOrder(601n), origin }], policy, noon);
      const { orderId, uid } = orderPlaced(placement);
      const of = (source: string, ...references: string[]) => references.map((reference) => ({ source, reference }));
      const asked = [...of("shop", "R-1", "R-2", "R-1"), ...of("market", "R-1")];
      const known = [{ source: "shop", reference: "R-1", orderId, uid }];
      assert.deepEqual(await findReferences(tx, asked), known);
      assert.deepEqual(await findReferences(tx, of("market", "R-1")), []);
    }),
  );
});

describe("findUids", () => {
  test(
    "answers which UUIDs are an order's, in capital letters too, and passes over what is none",
    inTx(async (tx) => {
      const [placement] = await placeOrders(tx, [newOrder(602n)], policy, noon);
      const { orderId, uid } = orderPlaced(placement);
      const near = `${uid.slice(0, -1)}${uid.endsWith("0") ? "1" : "0"}`;
      assert.deepEqual(await findUids(tx, [uid.toUpperCase(), near, "none"]), [{ orderId, uid }]);
      assert.deepEqual(await statementsOf(tx, (watched) => findUids(watched, [])), []);
    }),
  );
});

describe("what looks for orders that are there", () => {
  test("goes by an index on tables without statistics", async () => {
    const { db } = await testDatabase();
    for (const name of ["orders.find_orders_by_reference", "orders.find_orders_by_uid_range", "orders.find_origins"]) {
      const statement = listStatements().find((one) => one.name === name);
      assert.ok(statement, name);
      assert.match(
        await genericPlan(db, statement.sent),
        /Index Scan using orders_\w+ on orders|Bitmap Index Scan on orders_/,
      );
    }
  });
});
