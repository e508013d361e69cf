import type { Tx } from "../platform/db.ts";
import { deleteOldMails, setForgottenBefore } from "./notification-queries.ts";

const mostForgotten = 1000; // A short transaction, so that nobody who sends waits for the janitor.

/**
 * Takes the oldest mails out of the embedded mailbox, 1,000 at most, that were sent before then, and notes that they may
 * be missed. Answers how many: the janitor comes back while there are more. That somebody was told stays on record.
 *
 * Locks the mailbox's one row, so that of two at once the second waits.
 */
export async function forgetMails(tx: Tx, before: Date): Promise<number> {
  await setForgottenBefore(tx, { before });
  return deleteOldMails(tx, { before, most: mostForgotten });
}
