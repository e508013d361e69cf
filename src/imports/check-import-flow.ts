import { reach } from "../platform/failpoints.ts";
import { beginChecking, checkNext, endChecking } from "./check-known-orders.ts";
import type { Import } from "./import.ts";
import type { FaultCount } from "./import-queries.ts";
import { countRowFaults } from "./import-row-queries.ts";
import { assertGoingOn, type ImportRun } from "./import-run.ts";
import { findFragments, mergeNext, mergePartsOf } from "./merge-fragments.ts";

/** Puts together what the rows of one order are that stand apart. */
export async function mergeImport(run: ImportRun, given: Import): Promise<Import> {
  const { db, clock, own } = run;
  const parts = given.plan?.grouping === "by_reference" ? mergePartsOf(given) : 0;
  for (let part = 0; part < parts; part += 1) {
    assertGoingOn(run);
    await db.transaction((tx) => findFragments(tx, own, { part, parts }, clock.now()));
  }
  const mergeOne = () =>
    db.transaction(async (tx) => {
      const more = await mergeNext(tx, own, given, clock.now());
      await reach("inside-import-merge");
      return more;
    });
  while (parts > 0 && (await mergeOne())) assertGoingOn(run);
  return db.transaction((tx) => beginChecking(tx, own, clock.now()));
}

/**
 * Looks which orders are there already, and counts what is wrong by kind. An import that starts by itself leaves the
 * looking to its placing, which does it anyway.
 */
export async function checkImport(run: ImportRun, given: Import): Promise<Import> {
  const { db, clock, own } = run;
  const checkOne = () =>
    db.transaction(async (tx) => {
      const more = await checkNext(tx, own, clock.now());
      await reach("inside-import-check");
      return more;
    });
  while (!given.options.auto_start && (await checkOne())) assertGoingOn(run);
  const faults = await countFaults(run, given);
  await reach("before-import-ready");
  return db.transaction((tx) => endChecking(tx, own, faults, clock.now()));
}

const rowsCountedAtOnce = 50_000; // A tenth of a second of the database's.
const mostKindsOfFault = 1_000; // Kinds times columns; a file has 500 columns at most.

async function countFaults(run: ImportRun, { importId, rowsRead }: Import): Promise<FaultCount[]> {
  const byKind = new Map<string, FaultCount>();
  for (let after = 0; after < rowsRead; after += rowsCountedAtOnce) {
    assertGoingOn(run);
    const found = await countRowFaults(run.db, { importId, after, to: after + rowsCountedAtOnce });
    for (const { code, column, rows } of found) {
      const kind = JSON.stringify([code, column]);
      const known = byKind.get(kind);
      byKind.set(kind, { code, column, rows: rows + (known?.rows ?? 0) });
    }
  }
  return [...byKind.values()].sort((one, other) => other.rows - one.rows).slice(0, mostKindsOfFault);
}
