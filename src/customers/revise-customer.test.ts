import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inTx } from "../../test/support/database.ts";
import { customerDraft, givenCustomer, newOwner } from "../../test/support/given-customers.ts";
import type { Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import type { CustomerPatch } from "./customer-draft.ts";
import { findCustomer } from "./find-customers.ts";
import { reviseCustomer } from "./revise-customer.ts";

const later = new Date("2026-11-23T13:00:00.000Z");

async function given(tx: Tx) {
  const draft = customerDraft({ phone: "030 901820", tax_id: "DE136695976", address: { region: "BE", line2: "Hof" } });
  const customer = await givenCustomer(tx, newOwner(), draft);
  const { customerId, owner } = customer;
  const reach = { sees: [owner], changes: [owner] };
  return { customer, revise: (patch: CustomerPatch) => reviseCustomer(tx, { customerId, reach, patch }, later) };
}

describe("reviseCustomer", () => {
  test(
    "changes what is named, and leaves the rest",
    inTx(async (tx) => {
      const { customer, revise } = await given(tx);
      const revised = await revise({ name: "Max", phone: null, address: { city: "Potsdam", line2: "" } });
      assert.deepEqual(revised, {
        ...customer,
        name: "Max",
        phone: null,
        city: "Potsdam",
        line2: null,
        updatedAt: later,
      });
      assert.deepEqual(await findCustomer(tx, { owners: [customer.owner], customerId: customer.customerId }), revised);
    }),
  );

  test(
    "changes nothing when all of it is so already",
    inTx(async (tx) => {
      const { customer, revise } = await given(tx);
      assert.deepEqual(await revise({ name: " Erika Mustermann", tax_id: "de 136 695 976" }), customer);
      assert.deepEqual(await revise({ address: {} }), customer);
    }),
  );

  test(
    "judges the whole by the rules of its new country, and changes nothing then",
    inTx(async (tx) => {
      const { customer, revise } = await given(tx);
      await assert.rejects(revise({ name: "Max", address: { country: "JP" } }), {
        code: "customer.invalid",
        extras: {
          faults: [
            { pointer: "/address/region", detail: "Must be a region of JP by ISO 3166-2, such as JP-01." },
            { pointer: "/address/postal_code", detail: "Is no postal code of JP." },
          ],
        },
      });
      const { owner, customerId } = customer;
      assert.deepEqual(await findCustomer(tx, { owners: [owner], customerId }), customer);
    }),
  );

  test(
    "finds nothing of others, and says that a member of an organization only sees",
    inTx(async (tx) => {
      const { customerId, owner } = await givenCustomer(tx, newOwner("organization"));
      const patch = { name: "Eve" };
      const stranger = newOwner();
      const reviseAs = (sees: string[], changes: string[], id = customerId) =>
        reviseCustomer(tx, { customerId: id, reach: { sees, changes }, patch }, later);
      await assert.rejects(reviseAs([stranger], [stranger]), { code: "customer.not_found" });
      await assert.rejects(reviseAs([owner], [owner], uuidV7(later)), { code: "customer.not_found" });
      await assert.rejects(reviseAs([owner], [owner], "none"), { code: "customer.not_found" });
      await assert.rejects(reviseAs([stranger, owner], [stranger]), { code: "customer.role_missing" });
      assert.equal((await reviseAs([stranger, owner], [stranger, owner])).name, "Eve");
      assert.equal(
        (await reviseCustomer(tx, { customerId, reach: "everybody", patch: { name: "Ann" } }, later)).name,
        "Ann",
      );
    }),
  );
});
