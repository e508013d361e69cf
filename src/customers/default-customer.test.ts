import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx } from "../../test/support/database.ts";
import { givenCustomer, newOwner } from "../../test/support/given-customers.ts";
import type { Tx } from "../platform/db.ts";
import { chooseDefault } from "./choose-default.ts";
import type { Customer } from "./customer.ts";
import { deleteCustomer } from "./delete-customer.ts";
import { findCustomersInReach, findDefaultCustomer } from "./find-customers.ts";

const later = new Date("2026-11-23T13:00:00.000Z");

/** An owner with three billing identities, the oldest first. */
async function givenThree(tx: Tx) {
  const owner = newOwner();
  const [first, second, third] = [
    await givenCustomer(tx, owner),
    await givenCustomer(tx, owner),
    await givenCustomer(tx, owner),
  ];
  const reach = { sees: [owner], changes: [owner] };
  return {
    three: [first, second, third] as const,
    choose: ({ customerId }: Customer) => chooseDefault(tx, { customerId, reach }, later),
    drop: ({ customerId }: Customer) => deleteCustomer(tx, { customerId, reach }, later),
    defaultId: async () => (await findDefaultCustomer(tx, { owner }))?.customerId,
    ids: async () => (await findCustomersInReach(tx, reach, { limit: 10 })).rows.map(({ customerId }) => customerId),
  };
}

describe("chooseDefault", () => {
  test(
    "makes another one the default, once",
    inTx(async (tx) => {
      const { three, choose, defaultId } = await givenThree(tx);
      assert.equal(await defaultId(), three[0].customerId);
      const chosen = await choose(three[1]);
      assert.deepEqual(chosen, { ...three[1], isDefault: true, updatedAt: later });
      assert.equal(await defaultId(), three[1].customerId);
      assert.deepEqual(await choose(three[1]), chosen);
    }),
  );

  test(
    "finds nothing that is not there",
    inTx(async (tx) => {
      const { three, choose, drop } = await givenThree(tx);
      await drop(three[1]);
      await assert.rejects(choose(three[1]), { code: "customer.not_found" });
    }),
  );
});

describe("deleteCustomer", () => {
  test(
    "answers what it was, and makes the newest other one the default when it was that",
    inTx(async (tx) => {
      const { three, drop, defaultId, ids } = await givenThree(tx);
      assert.deepEqual(await drop(three[0]), three[0]);
      assert.equal(await defaultId(), three[2].customerId);
      assert.deepEqual(await ids(), [three[2].customerId, three[1].customerId]);
    }),
  );

  test(
    "leaves the default where another one goes, and none when all went",
    inTx(async (tx) => {
      const { three, drop, defaultId, ids } = await givenThree(tx);
      await drop(three[2]);
      assert.equal(await defaultId(), three[0].customerId);
      await drop(three[0]);
      assert.equal(await defaultId(), three[1].customerId);
      await drop(three[1]);
      assert.equal(await defaultId(), undefined);
      assert.deepEqual(await ids(), []);
    }),
  );

  test(
    "finds nothing the second time",
    inTx(async (tx) => {
      const { three, drop } = await givenThree(tx);
      await drop(three[1]);
      await assert.rejects(drop(three[1]), { code: "customer.not_found" });
    }),
  );
});
