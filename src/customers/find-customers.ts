import type { Sql } from "../platform/db.ts";
import type { Customer } from "./customer.ts";
import { findDefault, findOwnedCustomer } from "./customer-queries.ts";

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A billing identity of one of these owners; undefined when none of them has it. */
export async function findCustomer(
  sql: Sql,
  { owners, customerId }: { owners: readonly string[]; customerId: string },
): Promise<Customer | undefined> {
  return uuidShape.test(customerId) ? findOwnedCustomer(sql, { owners, customerId }) : undefined;
}

/** The billing identity by which an owner is billed if no other is named. */
export function findDefaultCustomer(sql: Sql, { owner }: { owner: string }): Promise<Customer | undefined> {
  return findDefault(sql, { owner });
}
