import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx } from "../../test/support/database.ts";
import { customerDraft, givenCustomer, newOwner } from "../../test/support/given-customers.ts";
import type { Tx } from "../platform/db.ts";
import { mostCustomers } from "./customer.ts";
import { findCustomersInReach } from "./find-customers.ts";
import { moveCustomers } from "./move-customers.ts";

const later = new Date("2026-11-23T13:00:00.000Z");

async function namesOf(tx: Tx, owner: string): Promise<string[]> {
  const { rows } = await findCustomersInReach(tx, { sees: [owner], changes: [] }, { limit: 1000 });
  return rows.map(({ name, isDefault }) => (isDefault ? `${name}, the default` : name)).reverse();
}

const named = (name: string) => customerDraft({ name });

describe("moveCustomers", () => {
  test(
    "moves all, and leaves the user's default what it was",
    inTx(async (tx) => {
      const [from, to] = [newOwner("anonymous"), newOwner()];
      await givenCustomer(tx, to, named("home"));
      await givenCustomer(tx, from, named("new"));
      await givenCustomer(tx, from, named("newer"));
      assert.equal(await moveCustomers(tx, { from, to }, later), 2);
      assert.deepEqual(await namesOf(tx, to), ["home, the default", "new", "newer"]);
      assert.deepEqual(await namesOf(tx, from), []);
      assert.equal(await moveCustomers(tx, { from, to }, later), 0);
      assert.deepEqual(await namesOf(tx, to), ["home, the default", "new", "newer"]);
    }),
  );

  test(
    "gives a user without any the shopper's default",
    inTx(async (tx) => {
      const [from, to] = [newOwner("anonymous"), newOwner()];
      await givenCustomer(tx, from, named("new"));
      await givenCustomer(tx, from, named("newer"));
      assert.equal(await moveCustomers(tx, { from, to }, later), 2);
      assert.deepEqual(await namesOf(tx, to), ["new, the default", "newer"]);
    }),
  );

  test(
    "folds what the user has in the same words, and nothing that differs in one",
    inTx(async (tx) => {
      const [from, to] = [newOwner("anonymous"), newOwner()];
      const whole = customerDraft({
        phone: "030 901820",
        company: "M GmbH",
        tax_id: "DE136695976",
        address: { line2: "Hof", region: "BE" },
      });
      const kept = await givenCustomer(tx, to, whole);
      await givenCustomer(tx, from, whole);
      const { address } = whole;
      const others = [
        { ...whole, name: "M" },
        { ...whole, email: "m@example.com" },
        { ...whole, phone: null },
        { ...whole, company: null },
        { ...whole, tax_id: null },
        { ...whole, address: { ...address, line1: "2" } },
        { ...whole, address: { ...address, line2: null } },
        { ...whole, address: { ...address, city: "Potsdam" } },
        { ...whole, address: { ...address, region: null } },
        { ...whole, address: { ...address, postal_code: "10118" } },
        { ...whole, address: { ...address, country: "AT", region: null, postal_code: "1010" } },
      ];
      for (const other of others) await givenCustomer(tx, from, other);
      assert.equal(await moveCustomers(tx, { from, to }, later), 1 + others.length);
      const { rows } = await findCustomersInReach(tx, { sees: [to], changes: [] }, { limit: 100 });
      assert.equal(rows.length, 1 + others.length);
      assert.deepEqual(rows.at(-1), kept);
    }),
  );

  test(
    "folds what lacks the same",
    inTx(async (tx) => {
      const [from, to] = [newOwner("anonymous"), newOwner()];
      await givenCustomer(tx, to, named("home"));
      await givenCustomer(tx, from, named("home"));
      assert.equal(await moveCustomers(tx, { from, to }, later), 1);
      assert.deepEqual(await namesOf(tx, to), ["home, the default"]);
    }),
  );

  test(
    "loses none when the user then has more than one may make",
    inTx(async (tx) => {
      const [from, to] = [newOwner("anonymous"), newOwner()];
      for (let count = 0; count < mostCustomers; count += 1) await givenCustomer(tx, to, named(`home ${count}`));
      await givenCustomer(tx, from, named("new"));
      assert.equal(await moveCustomers(tx, { from, to }, later), 1);
      assert.equal((await namesOf(tx, to)).length, mostCustomers + 1);
      await assert.rejects(givenCustomer(tx, to, named("one more")), { code: "customer.too_many" });
    }),
  );

  test(
    "moves nothing from somebody to the same",
    inTx(async (tx) => {
      const owner = newOwner();
      await givenCustomer(tx, owner, named("home"));
      assert.equal(await moveCustomers(tx, { from: owner, to: owner }, later), 0);
      assert.deepEqual(await namesOf(tx, owner), ["home, the default"]);
    }),
  );
});
