import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ask } from "../../test/support/ask.ts";
import { inTx, statementsOf } from "../../test/support/database.ts";
import { customerDraft, givenCustomer, newOwner } from "../../test/support/given-customers.ts";
import { noon } from "../../test/support/given-orders.ts";
import { uuidV7 } from "../platform/ids.ts";
import { createCustomer } from "./create-customer.ts";
import { mostCustomers } from "./customer.ts";
import { findCustomer, findDefaultCustomer } from "./find-customers.ts";

describe("createCustomer", () => {
  test(
    "keeps what was sent, and makes an owner's first one the default",
    inTx(async (tx) => {
      const owner = newOwner();
      const customerId = uuidV7(noon);
      const first = await createCustomer(
        tx,
        { owner, draft: customerDraft({ tax_id: "136695976" }), customerId },
        noon,
      );
      assert.deepEqual(first, {
        customerId,
        owner,
        name: "Erika Mustermann",
        email: "erika@example.com",
        phone: null,
        company: null,
        line1: "Unter den Linden 1",
        line2: null,
        city: "Berlin",
        region: null,
        postalCode: "10117",
        country: "DE",
        taxId: "DE136695976",
        isDefault: true,
        createdAt: noon,
        updatedAt: noon,
      });
      const second = await givenCustomer(tx, owner);
      assert.equal(second.isDefault, false);
      assert.deepEqual(await findDefaultCustomer(tx, { owner }), first);
      assert.deepEqual(await findCustomer(tx, { owners: ["user/x", owner], customerId }), first);
    }),
  );

  test(
    "keeps one for an organization and for an anonymous shopper alike",
    inTx(async (tx) => {
      for (const kind of ["organization", "anonymous"] as const) {
        const customer = await givenCustomer(tx, newOwner(kind));
        assert.ok(customer.isDefault);
      }
    }),
  );

  test(
    "refuses what cannot be right and keeps nothing",
    inTx(async (tx) => {
      const owner = newOwner();
      const draft = customerDraft({ email: "nobody", address: { postal_code: null } });
      await assert.rejects(createCustomer(tx, { owner, draft, customerId: uuidV7(noon) }, noon), {
        code: "customer.invalid",
        extras: {
          faults: [
            { pointer: "/email", detail: "Must be an e-mail address." },
            { pointer: "/address/postal_code", detail: "Is missing; addresses in DE have one." },
          ],
        },
      });
      assert.equal(await findDefaultCustomer(tx, { owner }), undefined);
    }),
  );

  test(
    "refuses one more than an owner may have",
    inTx(async (tx) => {
      const owner = newOwner();
      for (let count = 0; count < mostCustomers; count += 1) await givenCustomer(tx, owner);
      await assert.rejects(givenCustomer(tx, owner), { code: "customer.too_many" });
      assert.equal((await givenCustomer(tx, newOwner())).isDefault, true);
    }),
  );

  test(
    "refuses a shopper who became a user",
    inTx(async (tx) => {
      const owner = newOwner("anonymous");
      await ask(tx, "insert into identity.merged_shoppers values ($1, gen_random_uuid(), $2)", [owner, noon]);
      await assert.rejects(givenCustomer(tx, owner), { code: "identity.shopper_merged" });
    }),
  );

  test(
    "holds the owner, counts, and inserts",
    inTx(async (tx) => {
      const sent = await statementsOf(tx, (watched) => givenCustomer(watched, newOwner()));
      assert.deepEqual(sent, [
        "identity.lock_owner",
        "identity.find_merged",
        "customers.count_customers",
        "customers.insert_customer",
      ]);
    }),
  );
});

describe("findCustomer", () => {
  test(
    "finds nothing of others, and nothing by what is no id",
    inTx(async (tx) => {
      const { customerId, owner } = await givenCustomer(tx, newOwner());
      assert.equal(await findCustomer(tx, { owners: [newOwner()], customerId }), undefined);
      assert.equal(await findCustomer(tx, { owners: [], customerId }), undefined);
      assert.equal(await findCustomer(tx, { owners: [owner], customerId: "x" }), undefined);
    }),
  );
});
