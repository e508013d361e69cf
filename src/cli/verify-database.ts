import { type Found, openDb, type Tx } from "../platform/db.ts";
import { type Invariant, readInvariants } from "./read-invariants.ts";

export interface VerifyOptions {
  /** Checks what holds only once nothing is under way, too. */
  readonly drained: boolean;
  /** The ids to check; all when it is not given. */
  readonly only?: readonly string[];
}

/** One thing that is wrong: in words, with whatever else the statement names. */
export interface Violation {
  readonly what: string;
  readonly [detail: string]: unknown;
}

export interface InvariantResult {
  readonly id: string;
  readonly title: string;
  readonly when: Invariant["when"];
  /** How many violations there are; the first few of them are listed. */
  readonly found: number;
  readonly violations: readonly Violation[];
  readonly milliseconds: number;
}

const violationsShown = 20; // Enough to see what they have in common; the number of all is told beside them.
const statementTimeoutMs = 3_600_000; // Each statement reads whole tables; a day's orders take seconds, years of them minutes.

// Whole tables are read here, so the planner gets back what our connections deny it for the statements of requests.
const scanSettings = `
  select set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
         set_config('enable_mergejoin', 'on', true), set_config('work_mem', '64MB', true)`;

/**
 * Checks the invariants on a live database and answers one result for each.
 *
 * One read-only transaction sees one moment, so that no change under way is seen half. It takes no lock that a request
 * waits for; while it lasts, vacuum keeps what was deleted meanwhile.
 */
export async function verifyDatabase(url: string, { drained, only }: VerifyOptions): Promise<InvariantResult[]> {
  const invariants = (await readInvariants()).filter(
    ({ id, when }) => (drained || when === "always") && (only === undefined || only.includes(id)),
  );
  const db = openDb({ url, applicationName: "orderwell verify", connections: 1, statementTimeoutMs });
  try {
    return await db.transaction(async (tx) => {
      await run(tx, "verify.begin", "set transaction isolation level repeatable read, read only");
      await run(tx, "verify.settings", scanSettings);
      const results: InvariantResult[] = [];
      for (const invariant of invariants) results.push(await check(tx, invariant));
      return results;
    });
  } finally {
    await db.close();
  }
}

function run(tx: Tx, name: string, sent: string): Promise<Found> {
  return tx.run({ name, source: sent, sent, parameters: [] }, {});
}

async function check(tx: Tx, { id, title, when, sql }: Invariant): Promise<InvariantResult> {
  const startedMs = performance.now();
  try {
    // The line break ends a comment that may stand in the last line.
    const shown = `select *, count(*) over () as found_in_all from (${sql}\n) as violation limit ${violationsShown}`;
    const { rows } = await run(tx, `verify.${id}`, shown);
    const found = Number((rows[0] as { foundInAll?: bigint } | undefined)?.foundInAll ?? 0);
    const violations = rows.map((row) => {
      const { foundInAll: _, ...violation } = row as Violation;
      return violation as Violation;
    });
    return { id, title, when, found, violations, milliseconds: Math.round(performance.now() - startedMs) };
  } catch (error) {
    throw new Error(`${id} could not be checked: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
