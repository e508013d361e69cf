/** Whose billing identities somebody sees, and whose of these they may change. */
export interface Reach {
  readonly sees: readonly string[];
  readonly changes: readonly string[];
}

/** An organization that a user belongs to. */
export interface Membership {
  readonly organizationId: string;
  /** One role or several with commas between them, as the sign-in library keeps them. */
  readonly role: string;
}

const changingRoles: readonly string[] = ["owner", "admin"];

function mayChange({ role }: Membership): boolean {
  return role.split(",").some((one) => changingRoles.includes(one.trim()));
}

/** The owner that an organization is; UUIDs are kept in small letters. */
export function organizationOwner(organizationId: string): string {
  return `organization/${organizationId.toLowerCase()}`;
}

/** What is in reach of an owner who belongs to some organizations: members see, owners and admins change. */
export function reachOf(owner: string, memberships: readonly Membership[]): Reach {
  const ownerOf = ({ organizationId }: Membership) => organizationOwner(organizationId);
  return {
    sees: [owner, ...memberships.map(ownerOf)],
    changes: [owner, ...memberships.filter(mayChange).map(ownerOf)],
  };
}
