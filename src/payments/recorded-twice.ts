import { brokenUniqueness } from "../platform/races.ts";

/** The ledger has each payment, refund and chargeback of a gateway once. */
export const recordedOnce = "money_entries_reference_once";

/** Whether a transaction failed since the ledger has one of its payments, refunds or chargebacks already. */
export function isRecordedTwice(error: unknown): boolean {
  return brokenUniqueness(error) === recordedOnce;
}
