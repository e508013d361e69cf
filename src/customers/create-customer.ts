import { lockShopper } from "../identity/index.ts";
import type { Tx } from "../platform/db.ts";
import { type Customer, mostCustomers } from "./customer.ts";
import type { CustomerDraft } from "./customer-draft.ts";
import { customerInvalid, customersTooMany } from "./customer-errors.ts";
import { countCustomers, insertCustomer } from "./customer-queries.ts";
import { readCustomerDraft } from "./read-customer-draft.ts";

export interface NewCustomer {
  readonly owner: string;
  readonly draft: CustomerDraft;
  readonly customerId: string;
  /** Where the draft stands in what was sent, for the pointers to its faults; at the root without it. */
  readonly at?: string;
}

/**
 * Keeps a billing identity for an owner. The first one is the default.
 *
 * Locks the owner. A second call makes a second one.
 * @throws customer.invalid, customer.too_many, identity.shopper_merged
 */
export async function createCustomer(
  tx: Tx,
  { owner, draft, customerId, at }: NewCustomer,
  now: Date,
): Promise<Customer> {
  const reading = await readCustomerDraft(draft, at);
  if ("faults" in reading) throw customerInvalid({}, { faults: reading.faults });
  // Counted behind the lock: the statements run in this order, in one round trip.
  const [, { count, hasDefault }] = await Promise.all([lockShopper(tx, owner), countCustomers(tx, { owner })]);
  if (count >= mostCustomers) throw customersTooMany({ most: mostCustomers });
  return insertCustomer(tx, { ...reading.billing, customerId, owner, isDefault: !hasDefault, now });
}
