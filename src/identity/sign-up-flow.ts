import { plainEmail } from "./account.ts";
import { evenly } from "./answer-evenly.ts";
import { askLibrary } from "./ask-library-flow.ts";
import { letterRule, linkRule } from "./attempt.ts";
import { signUpFailed } from "./identity-errors.ts";
import { LibraryRefusal } from "./library.ts";
import { type Accounts, type Asker, countTry, tried } from "./open-accounts.ts";
import { findUserId } from "./user-queries.ts";

/**
 * Makes an account that can be used once its address is proved, by the link of a letter. Whoever has the address already
 * is told of the try instead; the caller hears the same.
 *
 * Somebody who signs up twice at once has one account.
 * @throws identity.too_many_attempts, identity.sign_up_failed
 */
export async function signUp(
  accounts: Accounts,
  { name, email, password, asker }: { name: string; email: string; password: string; asker: Asker },
): Promise<void> {
  const account = plainEmail(email);
  await countTry(accounts, { rule: letterRule, origin: asker.origin, email: account });
  const body = { name, email: account, password };
  await evenly(
    askLibrary(accounts.library, { path: "/sign-up/email", body, ...asker }).catch(async (error: unknown) => {
      if (!(error instanceof LibraryRefusal)) throw error;
      // Another request made the account in between; anything else could not be written down.
      if (await findUserId(accounts.db, { email: account })) return;
      throw signUpFailed({}, { retryAfterSeconds: 1 });
    }),
  );
}

/**
 * Proves an address by what its letter brought. A second call with the same token changes nothing.
 * @throws identity.link_invalid, identity.too_many_attempts
 */
export async function verifyEmail(
  accounts: Accounts,
  { token, asker }: { token: string; asker: Asker },
): Promise<void> {
  await tried(accounts, { rule: linkRule, origin: asker.origin }, () =>
    askLibrary(accounts.library, { path: "/verify-email", query: { token }, ...asker }),
  );
}
