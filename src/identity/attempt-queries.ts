import { change, many, type Tx } from "../platform/db.ts";

/** Counts a try under each name, in ascending order; a window that is over begins again. */
export const countAttempts = many<
  Tx,
  { names: string[]; endsAt: Date; now: Date },
  { name: string; failures: number; windowEndsAt: Date }
>(
  "identity.count_attempts",
  `
  insert into identity.attempts as attempt (name, failures, window_ends_at)
  select given.name, 1, :endsAt::timestamptz from unnest(:names::text[]) as given (name) order by given.name
      on conflict (name) do update
     set failures = case when attempt.window_ends_at <= :now then 1 else attempt.failures + 1 end,
         window_ends_at = case when attempt.window_ends_at <= :now then :endsAt else attempt.window_ends_at end
  returning name, failures, window_ends_at`,
);

/** Takes one try back under this name. */
export const forgiveAttempt = change<Tx, { name: string }>(
  "identity.forgive_attempt",
  "update identity.attempts set failures = greatest(failures - 1, 0) where name = :name",
);

export const deleteAttempts = change<Tx, { name: string }>(
  "identity.delete_attempts",
  "delete from identity.attempts where name = :name",
);
