import type { Db, Sql, Tx } from "../../src/platform/db.ts";
import type { Params } from "../../src/platform/statements.ts";

/** Runs a statement of a test's own, with parameters as $1, $2 …; columns arrive in camel case. */
export async function ask<Row = Record<string, unknown>>(
  sql: Sql,
  text: string,
  values: readonly Params[string][] = [],
): Promise<Row[]> {
  const parameters = values.map((_, index) => `p${index}`);
  const params = Object.fromEntries(values.map((value, index) => [`p${index}`, value]));
  const found = await sql.run({ name: "", source: text, sent: text, parameters }, params);
  return found.rows as Row[];
}

/**
 * The plan that PostgreSQL caches for a statement once it stops looking at the parameters, as text. Not by
 * `explain (generic_plan)`, which PostgreSQL 15 has not yet.
 */
export async function genericPlan(sql: Db | Tx, sent: string): Promise<string> {
  if ("transaction" in sql) return sql.transaction((tx) => genericPlan(tx, sent));
  const parameters = Math.max(0, ...[...sent.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  const nulls = parameters > 0 ? `(${Array(parameters).fill("null").join(", ")})` : "";
  await ask(sql, "set local plan_cache_mode = force_generic_plan");
  await ask(sql, `prepare looked_at as ${sent}`);
  try {
    const rows = await ask<Record<string, string>>(sql, `explain execute looked_at${nulls}`);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  } finally {
    await ask(sql, "deallocate looked_at");
  }
}
