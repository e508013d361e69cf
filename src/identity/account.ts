/** What a user is told about an account. */
export const accountLetterKinds = [
  "account_verification",
  "account_reset",
  "account_known",
  "account_invitation",
  "staff_invitation",
] as const;
export type AccountLetterKind = (typeof accountLetterKinds)[number];

/** One message about an account, to one address. */
export interface AccountLetter {
  readonly kind: AccountLetterKind;
  readonly recipient: string;
  readonly name: string;
  /** `en`, `ja-JP`: in which language it is written, where we have it. */
  readonly locale: string;
  /** The path of the page that the letter leads to; what it opens stands behind its `#`, which browsers send to nobody. */
  readonly path: string;
  /** Who invites; empty in other letters. */
  readonly inviter: string;
  /** To which organization, or in which role; empty in other letters. */
  readonly subject: string;
}

/** The payload of the job that sends one. The letter is sealed: an address and a link stand in it. */
export interface AccountLetterPayload {
  /** Also the message's id, however often it is sent. */
  readonly id: string;
  readonly kind: AccountLetterKind;
  readonly sealed: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isAccountLetterPayload(payload: unknown): payload is AccountLetterPayload {
  if (typeof payload !== "object" || payload === null) return false;
  const { id, kind, sealed } = payload as Record<string, unknown>;
  const known = accountLetterKinds as readonly unknown[];
  return typeof id === "string" && uuid.test(id) && known.includes(kind) && typeof sealed === "string";
}

/** Addresses are compared in small letters. */
export function plainEmail(email: string): string {
  return email.toLowerCase();
}
