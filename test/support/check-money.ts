import assert from "node:assert/strict";
import { verifyDatabase } from "../../src/cli/verify-database.ts";

/** What must hold of money and of what follows from it, where no jobs ran and no feed was written. */
const ofMoney = [
  "I02",
  "I03",
  "I04",
  "I05",
  "I07",
  "I08",
  "I10",
  "I11",
  "I19",
  "I20",
  "I31",
  "I41",
  "I42",
  "I43",
  "I45",
];

/** Fails unless all that must hold of money does, when nothing is under way. */
export async function assertBooksHold(url: string): Promise<void> {
  const results = await verifyDatabase(url, { drained: true, only: ofMoney });
  assert.deepEqual(
    results.flatMap(({ id, violations }) => violations.map(({ what }) => `${id} ${what}`)),
    [],
  );
}
