import { plainEmail } from "./account.ts";
import { askLibrary } from "./ask-library-flow.ts";
import { signInRule } from "./attempt.ts";
import type { CookieHeaders } from "./cookie.ts";
import { type Accounts, type Asker, tried } from "./open-accounts.ts";
import type { Session } from "./session.ts";

/** A session that was just opened, and the cookies that it comes with. */
export interface Entered {
  readonly session: Session;
  readonly setCookies: readonly string[];
}

/**
 * Lets a user in whose session was just opened: what the visitor had before becomes the user's, and the session that the
 * browser brought is ended, whoever planted it there.
 */
export async function enterAccount(
  { sessions, shoppers }: Pick<Accounts, "sessions" | "shoppers">,
  token: string,
  headers: CookieHeaders,
): Promise<Entered> {
  const session = await sessions.get(token);
  const cleared = await shoppers.merge(headers, session.userId);
  await sessions.end(headers);
  return { session, setCookies: [sessions.cookie(token), ...cleared] };
}

/**
 * Signs a user in by address and password, in a new session. A wrong password and an unknown address look alike and take
 * the same time.
 * @throws identity.credentials_wrong, identity.email_unverified, identity.too_many_attempts, http.sign_in_needed
 */
export async function signIn(
  accounts: Accounts,
  { email, password, asker, headers }: { email: string; password: string; asker: Asker; headers: CookieHeaders },
): Promise<Entered> {
  const account = plainEmail(email);
  const call = { path: "/sign-in/email", body: { email: account, password }, ...asker };
  const { token } = await tried(accounts, { rule: signInRule, origin: asker.origin, email: account }, () =>
    askLibrary<{ token: string }>(accounts.library, call),
  );
  return enterAccount(accounts, token, headers);
}
