import { hash } from "node:crypto";
import { recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { randomToken, uuidV7 } from "../platform/ids.ts";
import { plainEmail } from "./account.ts";
import { assertCovers, type Decider } from "./change-staff.ts";
import { invitationSeconds } from "./limits.ts";
import { type StaffRole, scopesOf } from "./role.ts";
import { deleteSessionsOf } from "./session-queries.ts";
import { staffExists } from "./staff-errors.ts";
import { findStaff, insertStaff, lockStaffing, type StaffMember } from "./staff-queries.ts";
import { queueAccountLetter } from "./tell-account.ts";
import { deletePassword, insertUser, insertVerification, lockUserByEmail, type User } from "./user-queries.ts";

const tokenBytes = 24;

export interface InviteStaff {
  readonly email: string;
  readonly name: string;
  readonly role: StaffRole;
  readonly locale: string;
  readonly secret: string;
  readonly decider: Decider;
}

/**
 * Lets somebody work here, known by an address. Whoever has a proved account keeps it and is told; anybody else gets a
 * letter whose link sets a password and proves the address. Somebody who signed up with that address and never proved
 * it loses their password: it may have been a stranger, who waited for this.
 *
 * Locks who works here, then the user. The same again sends another letter while the first was not used.
 * @throws identity.staff_exists, identity.beyond_yours
 */
export async function inviteStaff(tx: Tx, invited: InviteStaff, now: Date): Promise<StaffMember> {
  const { role, decider } = invited;
  assertCovers(decider, scopesOf(role));
  await lockStaffing(tx, {});
  const user = await holdUser(tx, invited, now);
  const { userId } = user;
  const known = await findStaff(tx, { userId });
  if (known && (known.role !== role || known.disabledAt !== null || user.emailVerified)) {
    throw staffExists({ role: known.role });
  }
  if (!known) {
    await insertStaff(tx, { userId, role, now });
    await recordAction(
      tx,
      { by: decider.by, action: "staff.invited", subject: `staff/${userId}`, detail: { role } },
      now,
    );
  }
  if (!user.emailVerified) {
    await deletePassword(tx, { userId });
    await deleteSessionsOf(tx, { userId });
  }
  await tellInvited(tx, user, invited, now);
  return known ?? { ...user, role, createdAt: now, updatedAt: now, disabledAt: null };
}

async function holdUser(tx: Tx, { email, name }: InviteStaff, now: Date): Promise<User> {
  const address = plainEmail(email);
  const made = { userId: uuidV7(now), name, email: address, emailVerified: false };
  await insertUser(tx, { ...made, now });
  return (await lockUserByEmail(tx, { email: address })) ?? made;
}

async function tellInvited(
  tx: Tx,
  user: User,
  { locale, role, secret, decider }: InviteStaff,
  now: Date,
): Promise<void> {
  const path = user.emailVerified ? "/sign-in" : `/account/reset#token=${await makeResetToken(tx, user.userId, now)}`;
  const { name, email: recipient } = user;
  const letter = {
    kind: "staff_invitation" as const,
    recipient,
    name,
    locale,
    path,
    inviter: decider.by.name,
    subject: role,
  };
  await queueAccountLetter(tx, { letter, secret }, now);
}

/** What the sign-in library takes for a token of its own letters: it keeps the hash of `reset-password:<token>`. */
async function makeResetToken(tx: Tx, userId: string, now: Date): Promise<string> {
  const token = randomToken(tokenBytes);
  await insertVerification(tx, {
    verificationId: uuidV7(now),
    identifier: hash("sha256", `reset-password:${token}`, "base64url"),
    value: userId,
    expiresAt: new Date(now.getTime() + invitationSeconds * 1000),
    now,
  });
  return token;
}
