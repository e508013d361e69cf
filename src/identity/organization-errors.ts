import { refusal } from "../platform/errors.ts";

type Nothing = Record<string, never>;

export const organizationNotFound = refusal<Nothing>(
  "identity.organization_not_found",
  "not-found",
  () => "There is no such organization, or you do not belong to it.",
);

export const organizationForbidden = refusal<Nothing>(
  "identity.organization_forbidden",
  "forbidden",
  () => "Your role in the organization does not allow that.",
);

export const organizationOwnerNeeded = refusal<Nothing>(
  "identity.organization_owner_needed",
  "conflict",
  () => "An organization always has an owner: make another member one first.",
);

export const organizationLimit = refusal<Nothing>(
  "identity.organization_limit",
  "conflict",
  () => "There are as many organizations, members or open invitations as there may be.",
);

export const memberNotFound = refusal<Nothing>(
  "identity.member_not_found",
  "not-found",
  () => "The organization has no such member.",
);

export const alreadyMember = refusal<Nothing>(
  "identity.already_member",
  "conflict",
  () => "Whoever has this address is a member already.",
);

export const invitationNotFound = refusal<Nothing>(
  "identity.invitation_not_found",
  "not-found",
  () => "There is no such invitation for your address, or it is over.",
);
