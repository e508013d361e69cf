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
