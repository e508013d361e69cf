import type { Tx } from "../platform/db.ts";
import { randomToken } from "../platform/ids.ts";
import { plainEmail } from "./account.ts";
import { askLibrary } from "./ask-library-flow.ts";
import { uuidShape } from "./list-staff.ts";
import type { Accounts } from "./open-accounts.ts";
import type { Acting, Invitation, MemberRole } from "./organization.ts";
import { invitationNotFound, memberNotFound, organizationNotFound } from "./organization-errors.ts";
import { findMember, findMembership, type Membership } from "./organization-queries.ts";
import { queueAccountLetter } from "./tell-account.ts";

// The sign-in library does these on connections of its own and commits each; the transaction that they get is that of the
// idempotency key around them, and of the letters that follow. None of them waits for a connection of our pool.

const slugBytes = 12; // Nobody sees it; the library wants one that nobody has.

/**
 * Makes an organization whose owner is whoever asks.
 * @throws identity.organization_limit
 */
export async function createOrganization(
  { library }: Pick<Accounts, "library">,
  { name, member }: { name: string; member: Acting },
): Promise<Membership> {
  const body = { name, slug: randomToken(slugBytes).toLowerCase() };
  const made = await askLibrary<{ id: string }>(library, { path: "/organization/create", body, ...callOf(member) });
  return { organizationId: made.id, name, role: "owner" };
}

function callOf({ token, asker }: Acting) {
  return { token, ...asker };
}

/** The organization in which whoever asks has a role. @throws identity.organization_not_found */
async function getMembership(tx: Tx, organizationId: string, { userId }: Acting): Promise<Membership> {
  const own = uuidShape.test(organizationId) ? await findMembership(tx, { userId, organizationId }) : undefined;
  if (!own) throw organizationNotFound({});
  return own;
}

/**
 * Invites somebody by address, with a letter. While an invitation is open, the same again sends another letter.
 * @throws identity.organization_not_found, identity.organization_forbidden, identity.already_member, identity.organization_limit
 */
export async function inviteMember(
  tx: Tx,
  { library, secret, clock }: Pick<Accounts, "library" | "secret" | "clock">,
  { organizationId, email, role, member }: { organizationId: string; email: string; role: MemberRole; member: Acting },
): Promise<Invitation> {
  const { name: subject } = await getMembership(tx, organizationId, member);
  const recipient = plainEmail(email);
  const body = { organizationId, email: recipient, role, resend: true };
  const invited = await askLibrary<Invitation>(library, {
    path: "/organization/invite-member",
    body,
    ...callOf(member),
  });
  const path = `/account/invitation#invitation=${invited.id}`;
  const { locale } = member.asker;
  const letter = {
    kind: "account_invitation" as const,
    recipient,
    name: "",
    locale,
    path,
    inviter: member.name,
    subject,
  };
  await queueAccountLetter(tx, { letter, secret }, clock.now());
  return invited;
}

/**
 * Makes whoever was invited a member. Of two at once one does.
 * @throws identity.invitation_not_found, identity.organization_limit
 */
export async function acceptInvitation(
  tx: Tx,
  { library }: Pick<Accounts, "library">,
  { invitationId, member }: { invitationId: string; member: Acting },
): Promise<Membership> {
  if (!uuidShape.test(invitationId)) throw invitationNotFound({});
  const call = { path: "/organization/accept-invitation", body: { invitationId }, ...callOf(member) };
  const { invitation } = await askLibrary<{ invitation: { organizationId: string } }>(library, call);
  return getMembership(tx, invitation.organizationId, member);
}

/** Whom a member decides on. */
export interface MemberChange {
  readonly organizationId: string;
  readonly memberId: string;
  readonly member: Acting;
}

/** The library says of another organization's member that it may not be changed, and so that it is there. */
async function assertNamed(tx: Tx, { organizationId, memberId, member }: MemberChange): Promise<void> {
  await getMembership(tx, organizationId, member);
  const named = uuidShape.test(memberId) ? await findMember(tx, { memberId, organizationId }) : undefined;
  if (!named) throw memberNotFound({});
}

/**
 * Gives a member another role.
 * @throws identity.organization_not_found, identity.member_not_found, identity.organization_forbidden, identity.organization_owner_needed
 */
export async function changeMemberRole(
  tx: Tx,
  { library }: Pick<Accounts, "library">,
  change: MemberChange & { role: MemberRole },
): Promise<void> {
  await assertNamed(tx, change);
  const { organizationId, memberId, role, member } = change;
  const body = { organizationId, memberId, role };
  await askLibrary(library, { path: "/organization/update-member-role", body, ...callOf(member) });
}

/**
 * Takes a member out of an organization.
 * @throws identity.organization_not_found, identity.member_not_found, identity.organization_forbidden, identity.organization_owner_needed
 */
export async function removeMember(
  tx: Tx,
  { library }: Pick<Accounts, "library">,
  change: MemberChange,
): Promise<void> {
  await assertNamed(tx, change);
  const { organizationId, memberId, member } = change;
  const body = { organizationId, memberIdOrEmail: memberId };
  await askLibrary(library, { path: "/organization/remove-member", body, ...callOf(member) });
}

/**
 * Leaves an organization.
 * @throws identity.organization_not_found, identity.organization_owner_needed
 */
export async function leaveOrganization(
  tx: Tx,
  { library }: Pick<Accounts, "library">,
  { organizationId, member }: { organizationId: string; member: Acting },
): Promise<void> {
  await getMembership(tx, organizationId, member);
  await askLibrary(library, { path: "/organization/leave", body: { organizationId }, ...callOf(member) });
}
