import type { Asker } from "./open-accounts.ts";

/** Who asks, in which session. */
export interface Acting {
  readonly userId: string;
  readonly name: string;
  readonly token: string;
  readonly asker: Asker;
}

export type MemberRole = "owner" | "admin" | "member";

/** An invitation that is open. */
export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly expiresAt: string;
}
