import type { Tx } from "../platform/db.ts";
import { uuidV7 } from "../platform/ids.ts";
import { declareJob, enqueue, queued } from "../platform/jobs.ts";
import type { AccountLetter, AccountLetterPayload } from "./account.ts";
import { sealLetter } from "./seal-letter.ts";

const maxTries = 20; // With the job system's growing waits that is about three days, as long as mail servers try.

/** Queued when somebody is to be told about an account; run by notifications. */
export const tellAccount = declareJob<AccountLetterPayload>("tell-account", { maxTries });

/** Has a letter about an account sent, once the transaction commits. */
export async function queueAccountLetter(
  tx: Tx,
  { letter, secret }: { letter: AccountLetter; secret: string },
  now: Date,
): Promise<void> {
  await enqueue(tx, [queued(tellAccount, sealLetter(uuidV7(now), letter, secret))]);
}
