import { change, maybeOne, type Sql, type Tx } from "../platform/db.ts";

export const insertToken = change<
  Tx,
  { tokenHash: string; purpose: string; expiresAt: Date; usedAt: Date | null; now: Date }
>(
  "identity.insert_token",
  `
  insert into identity.one_time_tokens (token_hash, purpose, expires_at, used_at, created_at)
  values (:tokenHash, :purpose, :expiresAt, :usedAt::timestamptz, :now)
      on conflict (token_hash) do nothing`,
);

/** Uses a token up; of two at once one does. */
export const useToken = change<Tx, { tokenHash: string; purpose: string; now: Date }>(
  "identity.use_token",
  `
  update identity.one_time_tokens
     set used_at = :now
   where token_hash = :tokenHash and purpose = :purpose and used_at is null and expires_at > :now`,
);

export const findToken = maybeOne<Sql, { tokenHash: string; purpose: string; now: Date }, { tokenHash: string }>(
  "identity.find_token",
  `
  select token_hash
    from identity.one_time_tokens
   where token_hash = :tokenHash and purpose = :purpose and used_at is null and expires_at > :now`,
);

/** Takes back what was offered and not used. */
export const deleteUnusedTokens = change<Tx, { purpose: string }>(
  "identity.delete_unused_tokens",
  "delete from identity.one_time_tokens where purpose = :purpose and used_at is null",
);
