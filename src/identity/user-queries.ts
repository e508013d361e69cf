import { change, maybeOne, type Sql, type Tx } from "../platform/db.ts";

export interface User {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
}

/** A user by the address, which is kept in small letters, held until the transaction ends. */
export const lockUserByEmail = maybeOne<Tx, { email: string }, User>(
  "identity.lock_user_by_email",
  `
  select id as user_id, name, email, email_verified
    from identity.users
   where email = :email
     for update`,
);

export const findUserId = maybeOne<Sql, { email: string }, { userId: string }>(
  "identity.find_user_id",
  "select id as user_id from identity.users where email = :email",
);

/** Whoever is known by this account at an issuer, held until the transaction ends. */
export const lockUserByAccount = maybeOne<Tx, { provider: string; account: string }, User>(
  "identity.lock_user_by_account",
  `
  select found.id as user_id, found.name, found.email, found.email_verified
    from identity.accounts as account
    join identity.users as found on found.id = account.user_id
   where account.provider_id = :provider and account.account_id = :account
     for update of found`,
);

/** Makes a user; none when the address is somebody's. */
export const insertUser = change<
  Tx,
  { userId: string; name: string; email: string; emailVerified: boolean; now: Date }
>(
  "identity.insert_user",
  `
  insert into identity.users (id, name, email, email_verified, created_at, updated_at)
  values (:userId::uuid, :name, :email, :emailVerified, :now, :now)
      on conflict (email) do nothing`,
);

/** How a user can sign in: with a password that is kept as its hash, or at an issuer. */
export const insertAccount = change<
  Tx,
  { accountId: string; userId: string; provider: string; account: string; password: string | null; now: Date }
>(
  "identity.insert_account",
  `
  insert into identity.accounts (id, user_id, account_id, provider_id, password, created_at, updated_at)
  values (:accountId::uuid, :userId::uuid, :account, :provider, :password, :now, :now)
      on conflict (provider_id, account_id) do nothing`,
);

/** Takes a user's password away, if there is one. */
export const deletePassword = change<Tx, { userId: string }>(
  "identity.delete_password",
  "delete from identity.accounts where user_id = :userId and provider_id = 'credential'",
);

export const setEmailVerified = change<Tx, { userId: string; now: Date }>(
  "identity.set_email_verified",
  `
  update identity.users
     set email_verified = true, updated_at = :now
   where id = :userId and not email_verified`,
);

export const setUserName = change<Tx, { userId: string; name: string; now: Date }>(
  "identity.set_user_name",
  "update identity.users set name = :name, updated_at = :now where id = :userId",
);

/** Keeps what a link that resets a password is known by: the sign-in library looks for it under this name. */
export const insertVerification = change<
  Tx,
  { verificationId: string; identifier: string; value: string; expiresAt: Date; now: Date }
>(
  "identity.insert_verification",
  `
  insert into identity.verifications (id, identifier, value, expires_at, created_at, updated_at)
  values (:verificationId::uuid, :identifier, :value, :expiresAt, :now, :now)`,
);
