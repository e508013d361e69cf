import { lockShopper } from "../identity/index.ts";
import type { Sql, Tx } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import type { Customer } from "./customer.ts";
import { customerNotFound, customerRoleMissing } from "./customer-errors.ts";
import { findAnyCustomer, findOwnedCustomer } from "./customer-queries.ts";
import type { Reach } from "./reach.ts";

/** A billing identity, and who asks for it: a shopper with a reach, or somebody who works here and has everybody's. */
export interface Wanted {
  readonly customerId: string;
  readonly reach: Reach | "everybody";
}

async function find(sql: Sql, { customerId, reach }: Wanted): Promise<Customer | undefined> {
  if (!isUuid(customerId)) return undefined;
  if (reach === "everybody") return findAnyCustomer(sql, { customerId });
  return findOwnedCustomer(sql, { owners: reach.sees, customerId });
}

/**
 * A billing identity within reach.
 * @throws customer.not_found
 */
export async function getCustomer(sql: Sql, wanted: Wanted): Promise<Customer> {
  const found = await find(sql, wanted);
  if (!found) throw customerNotFound({ customer: wanted.customerId });
  return found;
}

/**
 * A billing identity that whoever asks may change.
 *
 * Locks its owner: nothing else of the owner's changes until the transaction ends, so that it is as it is read here.
 * @throws customer.not_found, customer.role_missing, identity.shopper_merged
 */
export async function holdCustomer(tx: Tx, wanted: Wanted): Promise<Customer> {
  const { owner } = await getCustomer(tx, wanted);
  if (wanted.reach !== "everybody" && !wanted.reach.changes.includes(owner)) throw customerRoleMissing({});
  await lockShopper(tx, owner);
  // It may have been deleted, or moved to a user, while the lock was waited for.
  const held = await findOwnedCustomer(tx, { owners: [owner], customerId: wanted.customerId });
  if (!held) throw customerNotFound({ customer: wanted.customerId });
  return held;
}
