import type { Tx } from "../platform/db.ts";
import type { Customer } from "./customer.ts";
import { deleteCustomerRow, setNewestDefault } from "./customer-queries.ts";
import { holdCustomer, type Wanted } from "./hold-customer.ts";

/**
 * Deletes a billing identity and answers what it was. If it was the default, the newest other one is it now. Orders keep
 * what was copied into them when they were made.
 *
 * Locks the owner. A second call finds nothing.
 * @throws customer.not_found, customer.role_missing, identity.shopper_merged
 */
export async function deleteCustomer(tx: Tx, wanted: Wanted, now: Date): Promise<Customer> {
  const held = await holdCustomer(tx, wanted);
  await deleteCustomerRow(tx, { customerId: held.customerId });
  if (held.isDefault) await setNewestDefault(tx, { owner: held.owner, now });
  return held;
}
