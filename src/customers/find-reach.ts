import type { Shopper } from "../http/shopper.ts";
import type { Sql } from "../platform/db.ts";
import { customerInvalid, customerRoleMissing } from "./customer-errors.ts";
import { type Membership, organizationOwner, type Reach, reachOf } from "./reach.ts";

/** Tells which organizations a user belongs to. */
export type OrganizationsOf = (sql: Sql, userId: string) => Promise<readonly Membership[]>;

/** What is in reach of a shopper; of a stranger nothing is. */
export async function findReach(
  sql: Sql,
  shopper: Shopper | undefined,
  organizationsOf: OrganizationsOf,
): Promise<Reach> {
  if (!shopper) return { sees: [], changes: [] };
  return reachOf(shopper.owner, shopper.user ? await organizationsOf(sql, shopper.user.id) : []);
}

/**
 * For whom a shopper makes a billing identity: itself, or the organization that it names.
 * @throws customer.invalid, customer.role_missing
 */
export function ownerToBill(shopper: Shopper, { sees, changes }: Reach, organizationId: string | null): string {
  const owner = organizationId === null ? shopper.owner : organizationOwner(organizationId);
  if (changes.includes(owner)) return owner;
  if (sees.includes(owner)) throw customerRoleMissing({});
  const faults = [{ pointer: "/organization_id", detail: "You belong to no such organization." }];
  throw customerInvalid({}, { faults });
}
