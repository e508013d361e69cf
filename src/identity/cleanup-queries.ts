import { change, type Tx } from "../platform/db.ts";

// What is over is of no use to anybody; each statement takes a bounded number, the oldest first.

type Over = { now: Date; most: number };

export const deleteOverSessions = change<Tx, Over>(
  "identity.delete_over_sessions",
  `
  delete from identity.sessions
   where id in (select id from identity.sessions where expires_at < :now order by expires_at limit :most)`,
);

export const deleteOverVerifications = change<Tx, Over>(
  "identity.delete_over_verifications",
  `
  delete from identity.verifications
   where id in (select id from identity.verifications where expires_at < :now order by expires_at limit :most)`,
);

export const deleteOverTokens = change<Tx, Over>(
  "identity.delete_over_tokens",
  `
  delete from identity.one_time_tokens
   where token_hash in (
     select token_hash from identity.one_time_tokens where expires_at < :now order by expires_at limit :most
   )`,
);

export const deleteOverAttempts = change<Tx, Over>(
  "identity.delete_over_attempts",
  `
  delete from identity.attempts
   where name in (
     select name from identity.attempts where window_ends_at < :now order by window_ends_at limit :most
   )`,
);
