import { invalidInput, signInNeeded } from "../http/http-errors.ts";
import type { Refusal } from "../platform/errors.ts";
import { credentialsWrong, emailUnverified, linkInvalid, passwordWrong, tooManyAttempts } from "./identity-errors.ts";
import { type AuthLibrary, type LibraryCall, LibraryRefusal } from "./library.ts";
import {
  alreadyMember,
  invitationNotFound,
  memberNotFound,
  organizationForbidden,
  organizationLimit,
  organizationNotFound,
  organizationOwnerNeeded,
} from "./organization-errors.ts";

const wrongAt = (pointer: string, detail: string) => () =>
  invalidInput({ what: "body" }, { faults: [{ pointer, detail }] });
const forbidden = () => organizationForbidden({});

/** What the library's words for "no" are called here. */
const refusals: Readonly<Record<string, () => Refusal>> = {
  UNAUTHORIZED: () => signInNeeded({}),
  INVALID_EMAIL_OR_PASSWORD: () => credentialsWrong({}),
  EMAIL_NOT_VERIFIED: () => emailUnverified({}),
  INVALID_EMAIL: wrongAt("/email", "Must be an e-mail address."),
  // What we let pass and the library does not is an address that nobody has.
  VALIDATION_ERROR: wrongAt("/email", "Must be an e-mail address."),
  INVALID_PASSWORD: () =>
    passwordWrong({}, { faults: [{ pointer: "/current_password", detail: "Is not the present one." }] }),
  CREDENTIAL_ACCOUNT_NOT_FOUND: () => passwordWrong({}),
  INVALID_TOKEN: () => linkInvalid({}),
  TOKEN_EXPIRED: () => linkInvalid({}),
  USER_NOT_FOUND: () => linkInvalid({}),
  ORGANIZATION_NOT_FOUND: () => organizationNotFound({}),
  YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION: () => organizationNotFound({}),
  USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION: () => organizationNotFound({}),
  MEMBER_NOT_FOUND: () => memberNotFound({}),
  USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION: () => alreadyMember({}),
  YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION: forbidden,
  YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE: forbidden,
  YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER: forbidden,
  YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER: forbidden,
  YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER: () => organizationOwnerNeeded({}),
  YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER: () => organizationOwnerNeeded({}),
  YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS: () => organizationLimit({}),
  ORGANIZATION_MEMBERSHIP_LIMIT_REACHED: () => organizationLimit({}),
  INVITATION_LIMIT_REACHED: () => organizationLimit({}),
  INVITATION_NOT_FOUND: () => invitationNotFound({}),
  YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION: () => invitationNotFound({}),
};

/** The constraint by which the database itself refuses. */
function isOwnerless(error: unknown): boolean {
  return error instanceof Error && "constraint" in error && error.constraint === "organizations_have_an_owner";
}

/**
 * Asks the sign-in library, whose refusals become ours; one that we have no word for is a fault of ours.
 * @throws identity.organization_owner_needed, identity.too_many_attempts
 */
export async function askLibrary<Answer = object>(library: AuthLibrary, call: LibraryCall): Promise<Answer> {
  try {
    return (await library.call(call)) as Answer;
  } catch (error) {
    if (isOwnerless(error)) throw organizationOwnerNeeded({});
    if (!(error instanceof LibraryRefusal)) throw error;
    const { code, retryAfterSeconds } = error;
    if (retryAfterSeconds !== undefined) throw tooManyAttempts({}, { retryAfterSeconds });
    throw refusals[code]?.() ?? error;
  }
}
