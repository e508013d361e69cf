import type { Tx } from "../platform/db.ts";
import { type Attempt, countsOf } from "./attempt.ts";
import { countAttempts, deleteAttempts, forgiveAttempt } from "./attempt-queries.ts";
import { tooManyAttempts } from "./identity-errors.ts";

/**
 * Counts a try before it is made, so that many at once are not more than one after the other; one that succeeds is
 * taken back. Every process counts in the same place. Answers the refusal when there were too many: thrown, it would
 * undo the counting.
 *
 * Locks the counters in ascending order.
 */
export async function claimAttempt(tx: Tx, attempt: Attempt, now: Date): Promise<Error | undefined> {
  const counts = countsOf(attempt);
  const endsAt = new Date(now.getTime() + attempt.rule.windowSeconds * 1000);
  const counted = await countAttempts(tx, { names: [...counts.keys()], endsAt, now });
  const over = counted.filter(({ name, failures }) => failures > (counts.get(name) ?? 0));
  if (over.length === 0) return undefined;
  const waitMs = Math.max(...over.map(({ windowEndsAt }) => windowEndsAt.getTime() - now.getTime()));
  return tooManyAttempts({}, { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
}

/** Takes back a try that succeeded: the account begins anew, the address has one less. */
export async function settleAttempt(tx: Tx, attempt: Attempt): Promise<void> {
  for (const name of [...countsOf(attempt).keys()].sort()) {
    if (name.includes("/account/")) await deleteAttempts(tx, { name });
    else await forgiveAttempt(tx, { name });
  }
}
