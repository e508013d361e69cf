import { change, maybeOne, type Sql, type Tx } from "../platform/db.ts";

/** Waits for whoever writes in the name of this owner, and keeps the others waiting until the transaction ends. */
export const lockOwner = change<Tx, { owner: string }>(
  "identity.lock_owner",
  "select pg_advisory_xact_lock(hashtextextended(:owner, 0))",
);

/** Whose an anonymous shopper's things became. */
export const findMerged = maybeOne<Sql, { owner: string }, { userId: string }>(
  "identity.find_merged",
  "select user_id from identity.merged_shoppers where owner = :owner",
);

/** Notes whose an anonymous shopper's things are from now on; the first user stays it. */
export const insertMerged = change<Tx, { owner: string; userId: string; now: Date }>(
  "identity.insert_merged",
  `
  insert into identity.merged_shoppers (owner, user_id, merged_at)
  values (:owner, :userId::uuid, :now)
      on conflict (owner) do nothing`,
);
