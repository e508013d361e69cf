import { many, maybeOne, type Sql } from "../platform/db.ts";

/** An organization, and in which role somebody belongs to it. */
export interface Membership {
  readonly organizationId: string;
  readonly name: string;
  readonly role: string;
}

export const listMemberships = many<Sql, { userId: string; limit: number }, Membership>(
  "identity.list_memberships",
  `
  select member.organization_id, organization.name, member.role
    from identity.members as member
    join identity.organizations as organization on organization.id = member.organization_id
   where member.user_id = :userId::uuid
   order by member.organization_id
   limit :limit`,
);

export const findMembership = maybeOne<Sql, { userId: string; organizationId: string }, Membership>(
  "identity.find_membership",
  `
  select member.organization_id, organization.name, member.role
    from identity.members as member
    join identity.organizations as organization on organization.id = member.organization_id
   where member.user_id = :userId::uuid and member.organization_id = :organizationId::uuid`,
);

/** A member as the others of the organization see them. */
export interface Member {
  readonly memberId: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly createdAt: Date;
}

/** The members of an organization, for one who belongs to it; for others there are none. */
export const listMembers = many<Sql, { userId: string; organizationId: string; limit: number }, Member>(
  "identity.list_members",
  `
  select member.id as member_id, member.user_id, account.name, account.email, member.role, member.created_at
    from identity.members as own
    join identity.members as member on member.organization_id = own.organization_id
    join identity.users as account on account.id = member.user_id
   where own.user_id = :userId::uuid and own.organization_id = :organizationId::uuid
   order by member.id
   limit :limit`,
);

/** A member of this organization, and of no other. */
export const findMember = maybeOne<Sql, { memberId: string; organizationId: string }, { memberId: string }>(
  "identity.find_member",
  `
  select id as member_id
    from identity.members
   where id = :memberId::uuid and organization_id = :organizationId::uuid`,
);
