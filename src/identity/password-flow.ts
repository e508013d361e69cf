import { plainEmail } from "./account.ts";
import { evenly } from "./answer-evenly.ts";
import { askLibrary } from "./ask-library-flow.ts";
import { letterRule, linkRule, passwordRule } from "./attempt.ts";
import { type Accounts, type Asker, countTry, tried } from "./open-accounts.ts";

/**
 * Has a letter sent that resets the password, if there is an account with the address; the caller does not hear whether.
 * @throws identity.too_many_attempts
 */
export async function requestReset(
  accounts: Accounts,
  { email, asker }: { email: string; asker: Asker },
): Promise<void> {
  const account = plainEmail(email);
  await countTry(accounts, { rule: letterRule, origin: asker.origin, email: account });
  await evenly(askLibrary(accounts.library, { path: "/request-password-reset", body: { email: account }, ...asker }));
}

/**
 * Gives an account the new password, once for each letter; every session of the account ends, and its address is proved.
 * @throws identity.link_invalid, identity.too_many_attempts
 */
export async function resetPassword(
  accounts: Accounts,
  { token, password, asker }: { token: string; password: string; asker: Asker },
): Promise<void> {
  const body = { token, newPassword: password };
  await tried(accounts, { rule: linkRule, origin: asker.origin }, () =>
    askLibrary(accounts.library, { path: "/reset-password", body, ...asker }),
  );
}

/**
 * Changes the password of whoever is signed in; their other sessions end, and this one goes on under a new token.
 * @throws identity.password_wrong, identity.too_many_attempts
 */
export async function changePassword(
  accounts: Accounts,
  asked: { token: string; email: string; current: string; password: string; asker: Asker },
): Promise<string> {
  const { asker, token, email } = asked;
  const body = { currentPassword: asked.current, newPassword: asked.password, revokeOtherSessions: true };
  const changed = await tried(accounts, { rule: passwordRule, origin: asker.origin, email: plainEmail(email) }, () =>
    askLibrary<{ token: string }>(accounts.library, { path: "/change-password", body, token, ...asker }),
  );
  return changed.token;
}
