import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { testDatabase } from "../../test/support/database.ts";
import { customerDraft, givenCustomer, newOwner } from "../../test/support/given-customers.ts";
import { lockShopper } from "../identity/index.ts";
import type { Db } from "../platform/db.ts";
import { chooseDefault } from "./choose-default.ts";
import type { Customer } from "./customer.ts";
import { mostCustomers } from "./customer.ts";
import { deleteCustomer } from "./delete-customer.ts";
import { moveCustomers } from "./move-customers.ts";
import { reviseCustomer } from "./revise-customer.ts";

const later = new Date("2026-11-23T13:00:00.000Z");
const rounds = 8;

let db: Db;
before(async () => {
  db = (await testDatabase()).db;
});

interface Owned {
  readonly customerId: string;
  readonly isDefault: boolean;
}

function customersOf(owner: string): Promise<Owned[]> {
  return ask<Owned>(db, "select customer_id, is_default from customers.customers where owner = $1", [owner]);
}

async function assertOneDefault(owner: string): Promise<Owned[]> {
  const owned = await customersOf(owner);
  assert.equal(owned.filter(({ isDefault }) => isDefault).length, Math.min(1, owned.length));
  return owned;
}

async function given(owner: string, count: number): Promise<Customer[]> {
  const made: Customer[] = [];
  for (let one = 0; one < count; one += 1) {
    made.push(await db.transaction((tx) => givenCustomer(tx, owner, customerDraft({ name: `Name ${one}` }))));
  }
  return made;
}

const create = (owner: string) => db.transaction((tx) => givenCustomer(tx, owner));
const wanted = ({ customerId, owner }: Customer) => ({ customerId, reach: { sees: [owner], changes: [owner] } });
const choose = (customer: Customer) => db.transaction((tx) => chooseDefault(tx, wanted(customer), later));
const drop = (customer: Customer) => db.transaction((tx) => deleteCustomer(tx, wanted(customer), later));

/** The codes of what was refused; fails on anything else. */
function refusedOf(outcomes: readonly PromiseSettledResult<unknown>[]): string[] {
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  return failures.map((failure: { code?: string }) => {
    assert.ok(failure.code?.startsWith("customer."), String(failure));
    return String(failure.code);
  });
}

describe("many at once", () => {
  test("who make a first billing identity make one default, and all of them are kept", async () => {
    const owner = newOwner("anonymous");
    await Promise.all(Array.from({ length: 64 }, () => create(owner)));
    assert.equal((await assertOneDefault(owner)).length, 64);
  });

  test("are stopped at the most that one owner has", async () => {
    const owner = newOwner();
    const over = 12;
    await given(owner, mostCustomers - over);
    const outcomes = await Promise.allSettled(Array.from({ length: 2 * over }, () => create(owner)));
    assert.deepEqual(refusedOf(outcomes), Array(over).fill("customer.too_many"));
    assert.equal((await assertOneDefault(owner)).length, mostCustomers);
  });

  test("who choose different defaults leave one", async () => {
    const owner = newOwner();
    const made = await given(owner, 8);
    await Promise.all([...made, ...made, ...made].map(choose));
    assert.equal((await assertOneDefault(owner)).length, made.length);
  });

  test("who delete the default, choose and make others leave one", async () => {
    for (let round = 0; round < rounds; round += 1) {
      const owner = newOwner();
      const made = await given(owner, 5);
      const work = made.flatMap((customer) => [drop(customer), choose(customer), create(owner), drop(customer)]);
      const refused = refusedOf(await Promise.allSettled(work));
      assert.ok(refused.every((code) => code === "customer.not_found"));
      // Of two who delete the same one, the second finds nothing.
      assert.ok(refused.length >= made.length);
      assert.equal((await assertOneDefault(owner)).length, made.length);
    }
  });

  test("who revise the same one come one after the other, and none is lost", async () => {
    const [customer] = await given(newOwner(), 1);
    assert.ok(customer);
    const patches = [{ name: "Max" }, { phone: "030 901820" }, { company: "M GmbH" }, { address: { city: "Potsdam" } }];
    const revised = await Promise.all(
      patches.map((patch) => db.transaction((tx) => reviseCustomer(tx, { ...wanted(customer), patch }, later))),
    );
    const last = revised.find(
      ({ name, phone, company, city }) => name === "Max" && phone && company && city === "Potsdam",
    );
    assert.ok(last);
  });
});

describe("a shopper who becomes a user", () => {
  /** As it is done at sign-in: both owners are held, and the cookie owns nothing from then on. */
  async function merge(from: string, to: string): Promise<number> {
    return db.transaction(async (tx) => {
      for (const owner of [from, to].sort())
        await ask(tx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", [owner]);
      await ask(tx, "insert into identity.merged_shoppers values ($1, $2, $3) on conflict do nothing", [
        from,
        to.slice("user/".length),
        later,
      ]);
      return moveCustomers(tx, { from, to }, later);
    });
  }

  test("takes along all that was made before, whatever is written at the same time", async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [from, to] = [newOwner("anonymous"), newOwner()];
      const before = await given(from, 3);
      const created = Array.from({ length: 4 }, (_, one) =>
        db.transaction((tx) => givenCustomer(tx, from, customerDraft({ name: `Late ${one}` }))),
      );
      const moves = [merge(from, to), merge(from, to)];
      const outcomes = await Promise.allSettled([...created, ...before.map(choose), create(to)]);
      await Promise.all(moves);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected")
          assert.match((outcome.reason as { code: string }).code, /^(identity\.shopper_merged|customer\.not_found)$/);
      }
      const kept = outcomes.slice(0, created.length).filter(({ status }) => status === "fulfilled").length;
      assert.deepEqual(await customersOf(from), []);
      assert.equal((await assertOneDefault(to)).length, before.length + kept + 1);
      await assert.rejects(
        db.transaction((tx) => lockShopper(tx, from)),
        { code: "identity.shopper_merged" },
      );
    }
  });
});
