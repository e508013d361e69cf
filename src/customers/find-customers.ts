import type { Sql } from "../platform/db.ts";
import { isUuid } from "../platform/ids.ts";
import { type Page, type PageWanted, pageByUuid } from "../platform/page-by-id.ts";
import type { Customer } from "./customer.ts";
import {
  type CustomerFilter,
  findDefault,
  findOwnedCustomer,
  listCustomers,
  listOwnedCustomers,
} from "./customer-queries.ts";
import type { Reach } from "./reach.ts";
import { plainAddress } from "./text.ts";

/** A billing identity of one of these owners; undefined when none of them has it. */
export async function findCustomer(
  sql: Sql,
  { owners, customerId }: { owners: readonly string[]; customerId: string },
): Promise<Customer | undefined> {
  return isUuid(customerId) ? findOwnedCustomer(sql, { owners, customerId }) : undefined;
}

/** The billing identity by which an owner is billed if no other is named. */
export function findDefaultCustomer(sql: Sql, { owner }: { owner: string }): Promise<Customer | undefined> {
  return findDefault(sql, { owner });
}

const idOf = ({ customerId }: Customer) => customerId;

/**
 * The billing identities that somebody sees, newest first.
 * @throws list.cursor_unknown
 */
export function findCustomersInReach(sql: Sql, { sees }: Reach, wanted: PageWanted): Promise<Page<Customer>> {
  return pageByUuid(wanted, idOf, (page) => listOwnedCustomers(sql, { owners: sees, ...page }));
}

/**
 * Everybody's billing identities, newest first.
 * @throws list.cursor_unknown
 */
export function findCustomers(sql: Sql, filter: CustomerFilter, wanted: PageWanted): Promise<Page<Customer>> {
  const email = filter.email === undefined ? undefined : plainAddress(filter.email);
  return pageByUuid(wanted, idOf, (page) => listCustomers(sql, { ...filter, email }, page));
}
