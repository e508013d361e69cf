import type { Sql } from "../../src/platform/db.ts";
import { ask } from "../support/ask.ts";

/** Of each table its rows and a sum over their text: equal only when nothing was changed. */
export type Digests = Readonly<Record<string, string>>;

/** Tables that change by themselves: who is alive, who numbers the feed, and what counts tries that failed. */
const restless = new Set([
  "platform.leases",
  "platform.processes",
  "events.sequencer",
  "identity.attempts",
  "identity.rate_limits",
]);

async function listTables(sql: Sql): Promise<string[]> {
  const rows = await ask<{ name: string }>(
    sql,
    `select format('%I.%I', schemaname, tablename) as name
       from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema', 'graphile_worker')
         or schemaname = 'graphile_worker' and tablename = '_private_jobs'
      order by name`,
  );
  return rows.map(({ name }) => name).filter((name) => !restless.has(name));
}

/** Reads every table whole: for databases of tests. */
export async function readTables(sql: Sql): Promise<Digests> {
  const tables = await listTables(sql);
  const sums = tables.map(
    (name) => `
    select '${name}' as name, count(*) || ' rows ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as digest
      from ${name} as t`,
  );
  const rows = await ask<{ name: string; digest: string }>(sql, sums.join(" union all "));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

/** The tables that are not what they were. */
export function changedTables(before: Digests, after: Digests): string[] {
  return Object.keys(after).filter((name) => before[name] !== after[name]);
}
