import { one, type Sql } from "../platform/db.ts";

/** Idempotency keys that were claimed and have no answer: requests under way, and those that died. */
export const countUnansweredKeys = one<Sql, Record<never, never>, { keys: bigint; oldestSeconds: number | null }>(
  "http.count_unanswered_keys",
  `
  select count(*) as keys, extract(epoch from now() - min(created_at))::float8 as oldest_seconds
    from http.idempotency_keys
   where answered_at is null`,
);
