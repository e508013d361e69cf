const uniqueViolation = "23505";

/** Whether a transaction failed since the ledger has one of its payments, refunds or chargebacks already. */
export function isRecordedTwice(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === uniqueViolation &&
    "constraint" in error &&
    error.constraint === "money_entries_reference_once"
  );
}
