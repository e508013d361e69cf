import type { Sql } from "../platform/db.ts";
import { mostMembers, mostOrganizations } from "./limits.ts";
import { uuidShape } from "./list-staff.ts";
import { organizationNotFound } from "./organization-errors.ts";
import { listMembers, listMemberships, type Member, type Membership } from "./organization-queries.ts";

/** The organizations that a user belongs to, the oldest first; being invited to more than one makes is the limit twice. */
export function organizationsOf(sql: Sql, userId: string): Promise<Membership[]> {
  return listMemberships(sql, { userId, limit: mostMembers + mostOrganizations });
}

/**
 * Who belongs to an organization, as its members see them.
 * @throws identity.organization_not_found
 */
export async function membersOf(
  sql: Sql,
  { userId, organizationId }: { userId: string; organizationId: string },
): Promise<Member[]> {
  const limit = mostMembers;
  const members = uuidShape.test(organizationId) ? await listMembers(sql, { userId, organizationId, limit }) : [];
  // Whoever asks is one of them, if the organization is theirs to see.
  if (members.length === 0) throw organizationNotFound({});
  return members;
}
