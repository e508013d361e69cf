import { recordAction } from "../audit/index.ts";
import type { Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { plainEmail } from "./account.ts";
import { linkRule } from "./attempt.ts";
import type { CookieHeaders } from "./cookie.ts";
import { hashPassword } from "./hash-password.ts";
import { emailTaken, linkInvalid } from "./identity-errors.ts";
import { setupPurpose, setupTokenHash } from "./offer-setup.ts";
import { findToken, useToken } from "./one-time-queries.ts";
import { type Accounts, type Asker, tried } from "./open-accounts.ts";
import { openSession } from "./open-session.ts";
import { type Entered, enterAccount } from "./sign-in-flow.ts";
import { findAnyOwner, insertStaff, lockStaffing } from "./staff-queries.ts";
import { insertAccount, insertUser } from "./user-queries.ts";

export interface SetUpOwner {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly asker: Asker;
  readonly headers: CookieHeaders;
}

/**
 * Makes the first owner's account and signs the owner in. Whoever holds what the first start printed runs this program,
 * so the address needs no proof. Of two at once one becomes the owner.
 * @throws identity.link_invalid, identity.email_taken, identity.too_many_attempts, identity.busy
 */
export async function setUpOwner(accounts: Accounts, asked: SetUpOwner): Promise<Entered> {
  const { db, clock } = accounts;
  const tokenHash = setupTokenHash(asked.token);
  const session = await tried(accounts, { rule: linkRule, origin: asked.asker.origin }, async () => {
    // Before the password is hashed, which costs more than it should cost for every made-up token.
    if (!(await findToken(db, { tokenHash, purpose: setupPurpose, now: clock.now() }))) throw linkInvalid({});
    const password = await hashPassword(asked.password);
    return db.transaction((tx) => makeOwner(tx, { ...asked, tokenHash, password }, clock.now()));
  });
  return enterAccount(accounts, session, asked.headers);
}

/** Locks who works here. */
async function makeOwner(tx: Tx, asked: SetUpOwner & { tokenHash: string }, now: Date): Promise<string> {
  await lockStaffing(tx, {});
  const { tokenHash, name, password } = asked;
  if ((await useToken(tx, { tokenHash, purpose: setupPurpose, now })) === 0 || (await findAnyOwner(tx, {}))) {
    throw linkInvalid({});
  }
  const userId = uuidV7(now);
  const email = plainEmail(asked.email);
  if ((await insertUser(tx, { userId, name, email, emailVerified: true, now })) === 0) throw emailTaken({});
  await insertAccount(tx, { accountId: uuidV7(now), userId, provider: "credential", account: userId, password, now });
  await insertStaff(tx, { userId, role: "owner", now });
  const by = { actor: "start", name: "first start", requestId: null };
  await recordAction(
    tx,
    { by, action: "staff.owner_made", subject: `staff/${userId}`, detail: { role: "owner" } },
    now,
  );
  return openSession(tx, { userId, origin: asked.asker.origin }, now);
}
