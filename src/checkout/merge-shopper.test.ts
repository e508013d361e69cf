import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, testDatabase } from "../../test/support/database.ts";
import { givenPurchase } from "../../test/support/given-bought.ts";
import { anyOwner, givenPrice, viewing } from "../../test/support/given-carts.ts";
import { noon } from "../../test/support/given-orders.ts";
import { addLine } from "../carts/add-line.ts";
import { createCustomer } from "../customers/index.ts";
import { getUserOrders } from "../orders/find-shopper-orders.ts";
import type { Sql, Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { mergeShopper } from "./merge-shopper.ts";

const draft = {
  name: "Hanako Tanaka",
  email: "hanako@example.co.jp",
  address: { line1: "1-1-1 Marunouchi", city: "Chiyoda-ku", postal_code: "100-0005", country: "JP" },
};

async function put(tx: Tx, owner: string, priceId: string, quantity: bigint): Promise<void> {
  const ids = { cartId: uuidV7(noon), lineId: uuidV7(noon) };
  await addLine(tx, { owner, priceId, quantity, ids, viewing }, noon);
}

/** How many pieces an owner has in carts, and how many billing identities and orders. */
async function possessions(sql: Sql, owner: string) {
  const [row] = await ask<{ pieces: bigint; customers: bigint }>(
    sql,
    `select (select coalesce(sum(quantity), 0)::bigint from carts.cart_lines join carts.carts using (cart_id)
              where owner = '${owner}') as pieces,
            (select count(*) from customers.customers where owner = '${owner}') as customers`,
  );
  const { total } = await getUserOrders(sql, owner, { page: 1, pageSize: 1 });
  return { ...row, orders: total };
}

async function givenVisitor(tx: Tx, priceId: string): Promise<string> {
  const owner = anyOwner();
  await put(tx, owner, priceId, 3n);
  await createCustomer(tx, { owner, draft, customerId: uuidV7(noon) }, noon);
  await givenPurchase(tx, { owner });
  return owner;
}

const none = { pieces: 0n, customers: 0n, orders: 0n };

describe("mergeShopper", () => {
  test(
    "makes everything the user's, and leaves the visitor nothing",
    inTx(async (tx) => {
      const priceId = await givenPrice(tx);
      const from = await givenVisitor(tx, priceId);
      const userId = randomUUID();
      await put(tx, `user/${userId}`, priceId, 4n);
      await mergeShopper(tx, { from, userId }, noon);
      assert.deepEqual(await possessions(tx, `user/${userId}`), { pieces: 7n, customers: 1n, orders: 1n });
      assert.deepEqual(await possessions(tx, from), none);
      await assert.rejects(put(tx, from, priceId, 1n), { code: "identity.shopper_merged" });
    }),
  );

  test(
    "changes nothing more when it is done again, nor for another user",
    inTx(async (tx) => {
      const from = await givenVisitor(tx, await givenPrice(tx));
      const [userId, other] = [randomUUID(), randomUUID()];
      await mergeShopper(tx, { from, userId }, noon);
      await mergeShopper(tx, { from, userId }, noon);
      await mergeShopper(tx, { from, userId: other }, noon);
      assert.deepEqual(await possessions(tx, `user/${userId}`), { pieces: 3n, customers: 1n, orders: 1n });
      assert.deepEqual(await possessions(tx, `user/${other}`), none);
    }),
  );

  test("is done once by five at once, while the user puts more in", async () => {
    const { db } = await testDatabase();
    const priceId = await givenPrice(db);
    const from = await db.transaction((tx) => givenVisitor(tx, priceId));
    const userId = randomUUID();
    await Promise.all([
      ...Array.from({ length: 5 }, () => db.transaction((tx) => mergeShopper(tx, { from, userId }, noon))),
      ...Array.from({ length: 5 }, () => db.transaction((tx) => put(tx, `user/${userId}`, priceId, 1n))),
    ]);
    assert.deepEqual(await possessions(db, `user/${userId}`), { pieces: 8n, customers: 1n, orders: 1n });
  });
});
