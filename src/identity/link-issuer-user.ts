import { recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { plainEmail } from "./account.ts";
import type { IssuerClaims } from "./issuer.ts";
import { longestEmail, longestName } from "./limits.ts";
import { oidcEmailUnverified } from "./oidc-errors.ts";
import { roleOfClaim, type StaffRole } from "./role.ts";
import { deleteSessionsOf } from "./session-queries.ts";
import { findOtherOwner, findStaff, insertStaff, lockStaffing, setStaffRole } from "./staff-queries.ts";
import {
  deletePassword,
  insertAccount,
  insertUser,
  lockUserByAccount,
  lockUserByEmail,
  setEmailVerified,
  type User,
} from "./user-queries.ts";

/**
 * The user whom an issuer names: the one who came from there before, else the one with the address, else a new one. An
 * address counts only when the issuer says that it is theirs. An account that was made with it here and never proved may
 * be a stranger's: its password and its sessions end.
 *
 * Locks the user, then who works here when the issuer gives a role. A second call changes nothing.
 * @throws identity.oidc_email_unverified
 */
export async function linkIssuerUser(tx: Tx, claims: IssuerClaims, now: Date): Promise<string> {
  const { userId } = (await lockUserByAccount(tx, knownAs(claims))) ?? (await linkByEmail(tx, claims, now));
  const role = roleOfClaim(claims.staff);
  if (role !== undefined) await giveRole(tx, { userId, role, claims }, now);
  return userId;
}

/** Subjects of two issuers may be the same. */
function knownAs({ issuer, subject }: IssuerClaims): { provider: string; account: string } {
  return { provider: `oidc ${issuer}`, account: subject };
}

async function linkByEmail(tx: Tx, claims: IssuerClaims, now: Date): Promise<User> {
  const email = plainEmail(claims.email ?? "");
  if (email === "" || email.length > longestEmail || !claims.emailVerified) throw oidcEmailUnverified({});
  const name = (claims.name ?? email).slice(0, longestName).toWellFormed();
  const made = { userId: uuidV7(now), name, email, emailVerified: true };
  await insertUser(tx, { ...made, now });
  const user = (await lockUserByEmail(tx, { email })) ?? made;
  const { userId } = user;
  if (!user.emailVerified) {
    await deletePassword(tx, { userId });
    await deleteSessionsOf(tx, { userId });
    await setEmailVerified(tx, { userId, now });
  }
  await insertAccount(tx, { accountId: uuidV7(now), userId, ...knownAs(claims), password: null, now });
  return user;
}

/** What the issuer says of roles holds from now on; whoever was disabled here stays so, and the last owner stays one. */
async function giveRole(
  tx: Tx,
  { userId, role, claims }: { userId: string; role: StaffRole; claims: IssuerClaims },
  now: Date,
): Promise<void> {
  await lockStaffing(tx, {});
  const known = await findStaff(tx, { userId });
  if (known && (known.role === role || known.disabledAt !== null)) return;
  if (known?.role === "owner" && !(await findOtherOwner(tx, { userId }))) return;
  if (known) await setStaffRole(tx, { userId, role, now });
  else await insertStaff(tx, { userId, role, now });
  const by = { actor: "oidc", name: claims.issuer, requestId: null };
  const action = known ? "staff.role_changed" : "staff.invited";
  const detail = { role, before: known?.role ?? null };
  await recordAction(tx, { by, action, subject: `staff/${userId}`, detail }, now);
}
