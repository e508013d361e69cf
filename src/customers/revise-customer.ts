import type { Tx } from "../platform/db.ts";
import type { Billing, Customer } from "./customer.ts";
import type { CustomerDraft, CustomerPatch } from "./customer-draft.ts";
import { customerInvalid } from "./customer-errors.ts";
import { setBilling } from "./customer-queries.ts";
import { holdCustomer, type Wanted } from "./hold-customer.ts";
import { readCustomerDraft } from "./read-customer-draft.ts";

/** What is there, as it would be sent. */
function draftOf(customer: Customer): CustomerDraft {
  const { name, email, phone, company, line1, line2, city, region, postalCode, country, taxId } = customer;
  const address = { line1, line2, city, region, postal_code: postalCode, country };
  return { name, email, phone, company, tax_id: taxId, address };
}

function isDifferent(customer: Customer, billing: Billing): boolean {
  return Object.entries(billing).some(([name, value]) => customer[name as keyof Billing] !== value);
}

/**
 * Changes what a patch names of a billing identity, and leaves the rest. The whole must be right by the rules of its
 * country afterwards.
 *
 * Locks the owner. A second call changes nothing.
 * @throws customer.not_found, customer.role_missing, customer.invalid, identity.shopper_merged
 */
export async function reviseCustomer(
  tx: Tx,
  { patch, ...wanted }: Wanted & { readonly patch: CustomerPatch },
  now: Date,
): Promise<Customer> {
  const held = await holdCustomer(tx, wanted);
  const draft = draftOf(held);
  const { address, ...members } = patch;
  const reading = await readCustomerDraft({ ...draft, ...members, address: { ...draft.address, ...address } });
  if ("faults" in reading) throw customerInvalid({}, { faults: reading.faults });
  if (!isDifferent(held, reading.billing)) return held;
  return setBilling(tx, { ...reading.billing, customerId: held.customerId, now });
}
