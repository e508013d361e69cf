import type { Tx } from "../platform/db.ts";
import type { Customer } from "./customer.ts";
import { setDefault, unsetDefault } from "./customer-queries.ts";
import { holdCustomer, type Wanted } from "./hold-customer.ts";

/**
 * Makes a billing identity its owner's default in place of the one before.
 *
 * Locks the owner. A second call changes nothing.
 * @throws customer.not_found, customer.role_missing, identity.shopper_merged
 */
export async function chooseDefault(tx: Tx, wanted: Wanted, now: Date): Promise<Customer> {
  const held = await holdCustomer(tx, wanted);
  if (held.isDefault) return held;
  await unsetDefault(tx, { owner: held.owner, now });
  return setDefault(tx, { customerId: held.customerId, now });
}
